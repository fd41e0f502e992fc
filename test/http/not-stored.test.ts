import { join } from 'node:path'
import { expect, it, test } from 'vitest'
import { SettingError } from '../../src/settings/setting.ts'
import { StorageError } from '../../src/storage-error.ts'
import { TorrentError } from '../../src/torrents/torrent-error.ts'
import { blockFolder } from '../helpers/blocked-folder.ts'
import { FakeSession, FakeTorrent } from '../helpers/fake-session.ts'
import { jsonOf, type RawAnswer, send, startHttpServer } from '../helpers/http-client.ts'
import { makeTorrent } from '../helpers/make-torrent.ts'
import { startRealServer } from '../helpers/real-server.ts'
import { CONTENT_DIRECTORY, faultCodeOf, soapBody } from '../helpers/soap-request.ts'

const LIST = { what: 'the list of torrents', path: '/srv/session.json' }
const WHY = 'the list of torrents could not be stored in /srv/session.json'

function notStored(code: string): StorageError {
  return new StorageError(LIST, Object.assign(new Error(`${code}: nope, write`), { code }))
}

test.each([
  ['ENOSPC', '507 Insufficient Storage', 'storage_full', 'the disk is full'],
  ['EDQUOT', '507 Insufficient Storage', 'storage_full', 'the quota of this user is used up'],
  ['EROFS', '500 Internal Server Error', 'storage_read_only', 'the file system is read-only'],
  ['EACCES', '500 Internal Server Error', 'storage_forbidden', 'the system does not permit it'],
  ['EIO', '500 Internal Server Error', 'storage_failed', 'nope'],
])('%s is answered as %s, %s, in the shape of all errors', async (name, status, code, reason) => {
  const torrent = new FakeTorrent(0, 'x', [{ path: 'film.mkv', length: 10 }])
  torrent.setKeep = () => Promise.reject(notStored(name))
  const port = await startHttpServer({ session: new FakeSession(torrent) })
  const answer = await send(port, 'POST', '/torrents/0/keep', JSON_BODY, '{"keep":true}')
  expect(jsonOf(answer)).toEqual({
    error_kind: 'internal_error',
    human_readable: `${WHY}: ${reason} (${name})`,
    status: answer.status,
    status_text: status,
    code,
  })
  expect(`${answer.status}`).toBe(status.slice(0, 3))
})

const JSON_BODY = { 'Content-Type': 'application/json' }

test.each([
  ['a setting', new SettingError('limit cannot be changed', { cause: notStored('ENOSPC') })],
  ['a torrent', new TorrentError('invalid-torrent', 'no', { cause: notStored('ENOSPC') })],
])('what is behind the error of %s decides, and its message stays', async (_, error) => {
  const session = new FakeSession()
  session.setLimits = () => Promise.reject(error)
  const port = await startHttpServer({ session })
  const answer = await send(port, 'POST', '/torrents/limits', JSON_BODY, '{}')
  expect(answer.status).toBe(507)
  expect(jsonOf(answer)).toMatchObject({ code: 'storage_full', human_readable: error.message })
})

test('a magnet whose torrent file cannot be kept is refused with 507', async () => {
  const session = new FakeSession()
  const cause = notStored('ENOSPC')
  session.next = () => Promise.reject(new TorrentError('unavailable', cause.message, { cause }))
  const port = await startHttpServer({ session })
  const magnet = `magnet:?xt=urn:btih:${'ab'.repeat(20)}&x.pe=127.0.0.1:9`
  const answer = await send(port, 'POST', '/torrents', {}, magnet)
  expect(answer.status).toBe(507)
  expect(jsonOf(answer)).toMatchObject({
    human_readable: `error adding torrent: ${WHY}: the disk is full (ENOSPC)`,
  })
})

const other = makeTorrent('Other', [{ path: ['a.mkv'], data: Buffer.alloc(20_000, 1) }])
const magnet = `magnet:?xt=urn:btih:${'cd'.repeat(20)}&x.pe=127.0.0.1:9`
const CONTROL = '/upnp/control/content-directory'

type Send = (body?: unknown) => Promise<RawAnswer>
type Change = readonly [name: string, send: Send, body?: unknown]

interface Asked {
  json(method: string, path: string): Send
  soap(action: string): Send
  readonly infoHash: string
}

const SUBJECTS: Readonly<Record<string, (asked: Asked) => readonly Change[]>> = {
  settings: ({ json, infoHash }) => [
    ['settings', json('PATCH', '/settings'), { 'max-connections': 77, name: 'New' }],
    ['rates', json('PATCH', '/settings'), { 'download-limit': '500K' }],
    ['access', json('PATCH', '/settings'), { 'auth-reading': true, 'allow-host': ['a.lan'] }],
    ['rates of all', json('POST', '/torrents/limits'), { upload_bps: 999, download_bps: 888 }],
    ['position', json('PUT', `/library/${infoHash}/0/position`), { position_s: 50 }],
    ['rule', json('PUT', '/control_points/192.0.2.7'), { rule: 'samsung-pc' }],
  ],
  'what TVs say': ({ soap, infoHash }) => {
    const ObjectID = `${infoHash}-0`
    const NewTagValue = '<upnp:playbackCount>7</upnp:playbackCount>'
    return [
      ['bookmark', soap('X_SetBookmark'), { CategoryType: '', RID: '', ObjectID, PosSecond: '90' }],
      ['count', soap('UpdateObject'), { ObjectID, CurrentTagValue: '', NewTagValue }],
    ]
  },
  'what is asked of a torrent': ({ json }) => [
    ['limits', json('POST', '/torrents/0/limits'), { upload_bps: 9, max_connections: 3 }],
    ['keep', json('POST', '/torrents/0/keep'), { keep: true }],
    ['seeding', json('POST', '/torrents/0/seeding'), { ratio: 3 }],
    ['selection', json('POST', '/torrents/0/update_only_files'), { only_files: [] }],
    ['pause', json('POST', '/torrents/0/pause')],
    ['start', json('POST', '/torrents/0/start')],
  ],
  'adding and removing': ({ json, infoHash }) => [
    ['torrent', json('POST', '/torrents'), Buffer.from(other.torrentFile)],
    ['magnet', json('POST', '/torrents?wait=false'), Buffer.from(magnet)],
    ['again', json('POST', '/torrents?wait=false&only_files=0'), Buffer.from(magnet)],
    ['creation', json('POST', '/torrents/create'), Buffer.from('film.mkv')],
    ['removal', json('POST', `/torrents/${infoHash}/forget`)],
  ],
}

/** A film is checked and looked into meanwhile. */
const COMES_BY_ITSELF = /"(last_seen|finished|duration_s)":[\d.a-z]+/g

const SEEN = [
  '/settings',
  '/torrents',
  '/torrents/0',
  '/torrents/limits',
  '/control_points',
  '/library',
]

it.each(Object.keys(SUBJECTS))(
  'where %s cannot be stored, all is as it was until it can be',
  async (subject) => {
    const { port, folder, infoHash } = await startRealServer('--allow-create')
    const changes = SUBJECTS[subject]?.({
      infoHash,
      json: (method, path) => (body) => {
        const isJson = body !== undefined && !Buffer.isBuffer(body)
        const bytes = Buffer.isBuffer(body) ? body : JSON.stringify(body)
        return send(port, method, path, isJson ? JSON_BODY : {}, bytes)
      },
      soap: (action) => (args) =>
        send(port, 'POST', CONTROL, {}, soapBody(CONTENT_DIRECTORY, action, { ...Object(args) })),
    })
    // A control point is seen by its asking alone.
    await send(port, 'POST', CONTROL, {}, soapBody(CONTENT_DIRECTORY, 'GetSystemUpdateID', {}))
    const seen = async (): Promise<string> => {
      const answers = await Promise.all(SEEN.map((path) => send(port, 'GET', path)))
      return answers.map(({ body }) => body.toString().replaceAll(COMES_BY_ITSELF, '')).join('\n')
    }
    for (const [name, make, body] of changes ?? []) {
      const before = await seen()
      const giveBack = blockFolder(join(folder, '.tributary'))
      const refused = await make(body)
      expect(refused.status, name).toBe(500)
      const text = refused.body.toString()
      if (text.startsWith('{')) expect(JSON.parse(text)).toMatchObject({ code: 'storage_failed' })
      else expect(faultCodeOf(text), name).toBe(501)
      expect(await seen(), name).toBe(before)
      giveBack()
      expect((await make(body)).status, name).toBe(200)
    }
  },
)
