import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { sessionStats } from '../../src/http/schemas/session-answers.ts'
import { addedTorrent, peerStats, torrentList } from '../../src/http/schemas/torrent-answers.ts'
import type { Session } from '../../src/torrents/session/session.ts'
import { jsonOf, type RawAnswer, send, startHttpServer } from '../helpers/http-client.ts'
import { makeTorrent, pseudoRandomBytes, singleFile } from '../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../helpers/sessions.ts'

const FILM = singleFile('film.mkv', pseudoRandomBytes(300_000, 3))
const SHOW = makeTorrent('Show', [
  { path: ['S01E01.mkv'], data: pseudoRandomBytes(100_000, 4) },
  { path: ['S01E01.srt'], data: pseudoRandomBytes(100, 5) },
])

interface Bench {
  readonly session: Session
  readonly port: number
  readonly peer: string
  readonly magnet: string
}

async function bench(): Promise<Bench> {
  const { torrent, address } = await openSeeder(FILM)
  const session = await openSession()
  const port = await startHttpServer({ session, allowCreate: true })
  const magnet = `magnet:?xt=urn:btih:${torrent.infoHash}&dn=film`
  return { session, port, peer: address, magnet }
}

describe('Sonarr’s client', () => {
  const int32 = z
    .int()
    .min(-(2 ** 31))
    .max(2 ** 31 - 1)
  const counters = z.record(z.string(), int32)
  /** As its types have them: a fraction, or a word that it does not know, fails all of the list. */
  const listed = z.object({
    torrents: z.array(
      z.object({
        id: int32,
        info_hash: z.string(),
        name: z.string(),
        output_folder: z.string().startsWith('/'),
        stats: z.object({
          state: z.enum(['initializing', 'paused', 'live', 'error', 'invalid']),
          file_progress: z.array(z.int()),
          error: z.string().nullable(),
          progress_bytes: z.int(),
          uploaded_bytes: z.int(),
          total_bytes: z.int(),
          finished: z.boolean(),
          live: z
            .object({
              snapshot: z.object({ total_piece_download_ms: z.int(), peer_stats: counters }),
              average_piece_download_time: z.object({ secs: z.int(), nanos: z.int() }).nullable(),
              download_speed: z.object({ mbps: z.number() }),
              time_remaining: z
                .object({ duration: z.object({ secs: z.int(), nanos: z.int() }) })
                .nullable(),
            })
            .nullable(),
        }),
      }),
    ),
  })

  async function items({ port }: Bench): Promise<z.output<typeof listed>['torrents']> {
    const answer = await send(port, 'GET', '/torrents?with_stats=true')
    expect(answer.status).toBe(200)
    return listed.parse(jsonOf(answer)).torrents
  }

  test('finds a version that it knows', async () => {
    const { port } = await bench()
    for (let round = 0; round < 2; round++) {
      const { version } = jsonOf(await send(port, 'GET', '/')) as { version: string }
      const [major = 0] = /\d+\.\d+\.\d+/.exec(version)?.[0].split('.').map(Number) ?? []
      expect(major).toBeGreaterThanOrEqual(8)
    }
  })

  test('adds, follows, imports and removes', async () => {
    const server = await bench()
    const { session, port, peer, magnet } = server
    const path = `/torrents?overwrite=true&initial_peers=${peer}`
    const added = await send(port, 'POST', path, { 'Content-Type': 'text/plain' }, magnet)
    expect(added.status).toBe(200)
    const { details } = addedTorrent.parse(jsonOf(added))
    await until(session, () => session.torrents[0]?.stats().finished === true)
    const [item] = await items(server)
    expect(item).toMatchObject({ info_hash: details.info_hash, stats: { finished: true } })
    // Where it looks for the file: the name is put behind the folder without a slash.
    expect(`${item?.output_folder}${item?.name}`).toBe(join(session.folder, 'film.mkv'))
    const file = Buffer.from(SHOW.torrentFile)
    expect((await send(port, 'POST', '/torrents?overwrite=true', {}, file)).status).toBe(200)
    const show = (await items(server)).find(({ name }) => name === 'Show')
    expect(show?.output_folder).toBe(join(session.folder, 'Show'))
    const removals = [`${details.info_hash}/delete`, `${show?.info_hash}/forget`]
    for (const one of removals) {
      expect((await send(port, 'POST', `/torrents/${one}`)).status).toBe(200)
    }
    expect(await items(server)).toEqual([])
  })

  test('gets a name also while a magnet is being resolved', async () => {
    const server = await bench()
    const hash = 'c'.repeat(40)
    await send(server.port, 'POST', '/torrents?wait=false', {}, hash)
    expect(await items(server)).toMatchObject([{ name: hash, stats: { state: 'initializing' } }])
  })
})

describe('what rqbit’s documentation shows with curl', () => {
  /** curl says so of everything that is given with -d. */
  const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const post = (port: number, path: string, body: string | Buffer): Promise<RawAnswer> =>
    send(port, 'POST', path, FORM, body)

  test('a magnet', async () => {
    const { port, peer, magnet } = await bench()
    const answer = await post(port, `/torrents?initial_peers=${peer}`, magnet)
    expect(addedTorrent.parse(jsonOf(answer))).toMatchObject({
      id: 0,
      details: { name: 'film.mkv', total_pieces: 10 },
      seen_peers: null,
    })
    const { torrents } = torrentList.parse(jsonOf(await send(port, 'GET', '/torrents')))
    expect(torrents).toHaveLength(1)
  })

  test('a URL, and the bytes of a torrent file', async () => {
    const { port } = await bench()
    const web = createServer((_, response) => response.end(SHOW.torrentFile)).listen(0, '127.0.0.1')
    onTestFinished(() => void web.close())
    await expect.poll(() => web.listening).toBe(true)
    const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/show.torrent`
    expect((await post(port, '/torrents', url)).status).toBe(200)
    const again = await post(port, '/torrents?overwrite=true', Buffer.from(SHOW.torrentFile))
    expect(addedTorrent.parse(jsonOf(again))).toMatchObject({ id: 0, details: { name: 'Show' } })
  })

  test('list_only and only_files_regex', async () => {
    const { session, port, peer, magnet } = await bench()
    const query = `?list_only=true&initial_peers=${peer}`
    const listed = addedTorrent.parse(jsonOf(await post(port, `/torrents${query}`, magnet)))
    expect(listed).toMatchObject({ id: null, details: { name: 'film.mkv' } })
    expect(listed.seen_peers).toContain(peer)
    expect(session.torrents).toEqual([])
    const file = Buffer.from(SHOW.torrentFile)
    const some = await post(port, '/torrents?only_files_regex=mkv&output_folder=some', file)
    const { details } = addedTorrent.parse(jsonOf(some))
    expect(details.files.map(({ included }) => included)).toEqual([true, false])
    expect(details.output_folder).toBe(join(session.folder, 'some'))
  })

  test('thousands of files, and times longer than anybody waits, in one URL', async () => {
    const { port } = await bench()
    const files = `only_files=${'1,'.repeat(32_000)}0`
    const times = 'peer_connect_timeout=18446744073709551615&timeout_ms=18446744073709551615'
    const path = `/torrents?list_only=true&${files}&${times}`
    const answer = await post(port, path, Buffer.from(SHOW.torrentFile))
    expect(addedTorrent.parse(jsonOf(answer)).details.files).toHaveLength(2)
  })

  test('resolve_magnet, as bytes and as JSON', async () => {
    const { session, port, peer, magnet } = await bench()
    const path = `/torrents/resolve_magnet?initial_peers=${peer}`
    const bytes = await post(port, path, magnet)
    expect(bytes.headers['content-type']).toBe('application/x-bittorrent')
    expect(bytes.headers['content-disposition']).toContain('film.mkv.torrent')
    const added = await post(port, '/torrents?paused=true', bytes.body)
    expect(addedTorrent.parse(jsonOf(added)).details.info_hash).toBe(magnet.slice(20, 60))
    expect(session.torrents[0]?.isPaused).toBe(true)
    const json = await send(port, 'POST', path, { Accept: 'application/json' }, magnet)
    expect(jsonOf(json)).toMatchObject({ info: { name: 'film.mkv', length: 300_000 } })
  })

  test('a magnet that nobody has: at once where nobody can be asked, else when the time is up', async () => {
    const { session, port } = await bench()
    const nobody = `magnet:?xt=urn:btih:${'0'.repeat(40)}`
    const atOnce = await post(port, '/torrents?timeout_ms=60000', nobody)
    expect([atOnce.status, jsonOf(atOnce)]).toMatchObject([
      400,
      { human_readable: expect.stringContaining('no known way to resolve peers') },
    ])
    expect(session.torrents).toEqual([])
    const late = await post(
      port,
      '/torrents/resolve_magnet?timeout_ms=50&initial_peers=127.0.0.1:9',
      nobody,
    )
    expect([late.status, jsonOf(late)]).toMatchObject([
      500,
      { human_readable: 'timeout: deadline has elapsed' },
    ])
  })

  test('a magnet that fails leaves nothing behind, and may be added rightly', async () => {
    const { session, port, peer, magnet } = await bench()
    const late = await post(port, '/torrents?timeout_ms=50&initial_peers=127.0.0.1:9', magnet)
    expect([late.status, session.torrents]).toEqual([500, []])
    const wrong = await post(port, `/torrents?only_files=99&initial_peers=${peer}`, magnet)
    expect([wrong.status, jsonOf(wrong)]).toMatchObject([
      400,
      { human_readable: 'error adding torrent: file id 99 is out of range' },
    ])
    expect(session.torrents).toEqual([])
    const right = await post(port, `/torrents?only_files=0&initial_peers=${peer}`, magnet)
    expect(right.status).toBe(200)
    await expect.poll(() => session.torrents[0]?.stats().finished, { timeout: 10_000 }).toBe(true)
  })

  test('a torrent that is added while it is being looked at', async () => {
    const { session, port, peer, magnet } = await bench()
    const looking = post(port, '/torrents?list_only=true&initial_peers=127.0.0.1:9', magnet)
    // It cannot find anybody by itself.
    await send(port, 'GET', '/stats')
    const adding = post(port, `/torrents?initial_peers=${peer}`, magnet)
    expect((await adding).status).toBe(200)
    expect(addedTorrent.parse(jsonOf(await looking)).details.name).toBe('film.mkv')
    expect(session.torrents).toHaveLength(1)
  })

  test('statistics of peers and of all', async () => {
    const { session, port, peer, magnet } = await bench()
    await post(port, `/torrents?initial_peers=${peer}`, magnet)
    await until(session, () => session.torrents[0]?.stats().finished === true)
    const { peers } = peerStats.parse(
      jsonOf(await send(port, 'GET', '/torrents/0/peer_stats?state=all')),
    )
    expect(peers[peer]).toMatchObject({
      counters: { fetched_bytes: 300_000, downloaded_and_checked_pieces: 10, connections: 1 },
    })
    const stats = sessionStats.parse(jsonOf(await send(port, 'GET', '/stats')))
    expect(stats).toMatchObject({
      counters: { fetched_bytes: 300_000 },
      connections: { tcp: { v4: { successes: 1 } } },
    })
  })

  test('a folder is made a torrent, below the data folder alone', async () => {
    const { session, port } = await bench()
    await mkdir(join(session.folder, 'mine'))
    await writeFile(join(session.folder, 'mine', 'a.mkv'), pseudoRandomBytes(70_000, 9))
    const made = await post(port, '/torrents/create?name=ours&trackers=http://t.example/a', 'mine')
    expect(made.status).toBe(200)
    expect(made.headers['content-type']).toContain('text/plain')
    expect(made.body.toString()).toMatch(/^magnet:\?xt=urn:btih:[\da-f]{40}&/)
    await until(session, () => session.torrents[0]?.stats().finished === true)
    expect(session.torrents[0]).toMatchObject({ name: 'ours' })
    expect(made.headers['torrent-id']).toBe('0')
    for (const path of ['/etc', '../x', 'mine/../..', '']) {
      expect((await post(port, '/torrents/create', path)).status).toBe(400)
    }
    const shut = await startHttpServer({ session })
    expect((await post(shut, '/torrents/create', 'mine')).status).toBe(403)
  })
})
