import { describe, expect, test } from 'vitest'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { jsonOf, send, startHttpServer } from '../../helpers/http-client.ts'

const MIB = 1024 * 1024

const PEERS = {
  queued: 1,
  connecting: 2,
  live: 3,
  liveTcp: 2,
  liveUtp: 1,
  liveSeeders: 1,
  seen: 9,
  dead: 4,
}

const LIVE = {
  fetchedBytes: 1_551_101,
  checkedBytes: 1_551_000,
  checkedPieces: 48,
  uploadedBytes: 7,
  totalPieceDownloadMs: 2366,
  downloadBytesPerSecond: 1.25 * MIB,
  uploadBytesPerSecond: 0,
  remainingSeconds: 43.511,
  peers: PEERS,
}

function library(): FakeTorrent {
  const torrent = new FakeTorrent(0, 'Tom & Jerry <Best>', [
    { path: 'song #1 100%.mp3', length: 90_000 },
    { path: 'Show/S01E10.mkv', length: 300_000 },
    { path: '.pad/12', length: 12, padding: true },
    { path: 'link', length: 0, symlink: ['Show', 'S01E10.mkv'] },
  ])
  torrent.deselected.add(1)
  torrent.facts = {
    state: torrent.state,
    progressBytes: 458_752,
    totalBytes: 1_551_101,
    finished: false,
    uploadedBytes: 7,
    fileProgress: [90_000, 0, 0, 0],
    live: LIVE,
  }
  return torrent
}

const SUMMARY = {
  id: 0,
  info_hash: '0'.padStart(40, 'a'),
  name: 'Tom & Jerry <Best>',
  output_folder: '/srv/media',
  total_pieces: 48,
  paused: false,
  resolving: false,
  keep: false,
  added_at: Date.parse('2026-01-02T03:04:05.678Z'),
}

const PLAIN = { symlink: false, hidden: false, padding: false, executable: false }

const DETAILS = {
  ...SUMMARY,
  seeding: { ratio: null, minutes: null },
  files: [
    {
      name: 'song #1 100%.mp3',
      components: ['song #1 100%.mp3'],
      length: 90_000,
      included: true,
      attributes: PLAIN,
    },
    {
      name: 'Show/S01E10.mkv',
      components: ['Show', 'S01E10.mkv'],
      length: 300_000,
      included: false,
      attributes: PLAIN,
    },
    {
      name: '.pad/12',
      components: ['.pad', '12'],
      length: 12,
      included: true,
      attributes: { ...PLAIN, padding: true },
    },
    {
      name: 'link',
      components: ['link'],
      length: 0,
      included: true,
      attributes: { ...PLAIN, symlink: true },
    },
  ],
}

const STATS = {
  state: 'live',
  file_progress: [90_000, 0, 0, 0],
  error: null,
  progress_bytes: 458_752,
  uploaded_bytes: 7,
  total_bytes: 1_551_101,
  finished: false,
  live: {
    snapshot: {
      downloaded_and_checked_bytes: 1_551_000,
      fetched_bytes: 1_551_101,
      uploaded_bytes: 7,
      downloaded_and_checked_pieces: 48,
      total_piece_download_ms: 2366,
      peer_stats: {
        queued: 1,
        connecting: 2,
        live: 3,
        live_tcp: 2,
        live_utp: 1,
        live_socks: 0,
        live_seeders: 1,
        seen: 9,
        dead: 4,
        not_needed: 0,
        steals: 0,
      },
    },
    average_piece_download_time: { secs: 0, nanos: 49_291_667 },
    download_speed: { mbps: 1.25, human_readable: '1.25 MiB/s' },
    upload_speed: { mbps: 0, human_readable: '0.00 MiB/s' },
    time_remaining: { duration: { secs: 43, nanos: 511_000_000 }, human_readable: '43s' },
  },
}

async function get(session: FakeSession, path: string): Promise<unknown> {
  const answer = await send(await startHttpServer({ session }), 'GET', path)
  expect(answer.status).toBe(200)
  expect(answer.headers['content-type']).toBe('application/json')
  return jsonOf(answer)
}

test.each([
  ['/torrents', { torrents: [SUMMARY] }],
  ['/torrents?with_stats=false', { torrents: [SUMMARY] }],
  ['/torrents?with_stats=true', { torrents: [{ ...SUMMARY, stats: STATS }] }],
  ['/torrents/0', DETAILS],
  [`/torrents/${SUMMARY.info_hash}`, DETAILS],
  ['/torrents/0/stats/v1', STATS],
])('GET %s', async (path, expected) => {
  expect(await get(new FakeSession(library()), path)).toEqual(expected)
})

test('nothing there', async () => {
  expect(await get(new FakeSession(), '/torrents')).toEqual({ torrents: [] })
})

test('the list is sorted by id', async () => {
  const session = new FakeSession(...[2, 10, 1].map((id) => new FakeTorrent(id, 'x', [])))
  const { torrents } = (await get(session, '/torrents')) as { torrents: { id: number }[] }
  expect(torrents.map(({ id }) => id)).toEqual([1, 2, 10])
})

describe('the state', () => {
  test.each([
    [{ kind: 'live' }, { state: 'live', error: null }],
    [{ kind: 'paused' }, { state: 'paused', error: null }],
    [
      { kind: 'error', message: 'disk full' },
      { state: 'error', error: 'disk full' },
    ],
  ] as const)('%j', async (state, expected) => {
    const torrent = library()
    torrent.state = state
    const stats = await get(new FakeSession(torrent), '/torrents/0/stats/v1')
    expect(stats).toMatchObject(expected)
    expect(stats).not.toHaveProperty('initializing_paused')
    expect(stats).not.toHaveProperty('resolving')
  })

  test('initializing tells whether it is paused', async () => {
    const torrent = library()
    torrent.state = { kind: 'initializing', checkedBytes: 5 }
    const stats = await get(new FakeSession(torrent), '/torrents/0/stats/v1')
    expect(stats).toMatchObject({ state: 'initializing', initializing_paused: false })
    expect(stats).not.toHaveProperty('resolving')
  })

  test('a magnet that is being resolved is listed as initializing', async () => {
    const torrent = new FakeTorrent(0, null, [])
    torrent.state = { kind: 'resolving' }
    const session = new FakeSession(torrent)
    expect(await get(session, '/torrents/0')).toMatchObject({
      name: '0'.padStart(40, 'a'),
      files: [],
      resolving: true,
    })
    expect(await get(session, '/torrents/0/stats/v1')).toMatchObject({
      state: 'initializing',
      resolving: true,
    })
  })
})

test.each([
  [0, { secs: 0, nanos: 0 }, '0s'],
  [59.9999999999, { secs: 60, nanos: 0 }, '59s'],
  [60, { secs: 60, nanos: 0 }, '1m 0s'],
  [184.25, { secs: 184, nanos: 250_000_000 }, '3m 4s'],
  [3725, { secs: 3725, nanos: 0 }, '1h 2m'],
  [180_000, { secs: 180_000, nanos: 0 }, '50h 0m'],
])('%d seconds remain', async (remainingSeconds, duration, text) => {
  const torrent = library()
  torrent.facts = { ...torrent.facts, live: { ...LIVE, remainingSeconds } }
  expect(await get(new FakeSession(torrent), '/torrents/0/stats/v1')).toMatchObject({
    live: { time_remaining: { duration, human_readable: text } },
  })
})

test('what is unknown is null', async () => {
  const torrent = library()
  const live = { ...LIVE, checkedPieces: 0, totalPieceDownloadMs: 0, remainingSeconds: null }
  torrent.facts = { ...torrent.facts, live }
  expect(await get(new FakeSession(torrent), '/torrents/0/stats/v1')).toMatchObject({
    live: { average_piece_download_time: null, time_remaining: null },
  })
  torrent.facts = { ...torrent.facts, live: null }
  expect(await get(new FakeSession(torrent), '/torrents/0/stats/v1')).toMatchObject({ live: null })
})

describe('changes', () => {
  test('pause and start, and once more', async () => {
    const session = new FakeSession(library())
    const port = await startHttpServer({ session })
    for (const [path, reason] of [
      ['/torrents/0/pause', 'torrent is already paused'],
      ['/torrents/0/start', 'torrent is already live'],
    ] as const) {
      const first = await send(port, 'POST', path)
      expect([first.status, jsonOf(first)]).toEqual([200, {}])
      const second = await send(port, 'POST', path)
      expect(second.status).toBe(400)
      expect(jsonOf(second)).toEqual({
        error_kind: 'internal_error',
        human_readable: reason,
        code: 'wrong_state',
        status: 400,
        status_text: '400 Bad Request',
      })
    }
  })

  test.each([
    ['forget', false],
    ['delete', true],
  ])('%s', async (name, deleteFiles) => {
    const torrent = library()
    const session = new FakeSession(torrent)
    const port = await startHttpServer({ session })
    const answer = await send(port, 'POST', `/torrents/${torrent.infoHash}/${name}`)
    expect([answer.status, jsonOf(answer)]).toEqual([200, {}])
    expect(session.removed).toEqual([{ torrent, deleteFiles }])
    expect((await send(port, 'GET', '/torrents/0')).status).toBe(404)
  })

  test('details name the file that cannot be used, and why', async () => {
    const session = new FakeSession(library())
    session.torrents[0]?.fileFaults.set(1, 'a folder stands in its place')
    const port = await startHttpServer({ session })
    const { files } = jsonOf(await send(port, 'GET', '/torrents/0')) as { files: object[] }
    expect(files[0]).not.toHaveProperty('error')
    expect(files[1]).toMatchObject({ error: 'a folder stands in its place' })
  })

  test('delete tells what could not be deleted', async () => {
    const session = new FakeSession(library())
    session.leftovers = [{ path: '/srv/media/a', reason: 'EACCES' }]
    const port = await startHttpServer({ session })
    const answer = await send(port, 'POST', '/torrents/0/delete')
    expect([answer.status, jsonOf(answer)]).toEqual([
      200,
      { not_deleted: [{ path: '/srv/media/a', reason: 'EACCES' }] },
    ])
  })
})
