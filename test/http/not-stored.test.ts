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

it('every change that cannot be stored leaves all as it was, and works once it can be', async () => {
  const { port, folder, infoHash } = await startRealServer('--allow-create')
  const state = join(folder, '.tributary')
  const json = (method: string, path: string, body: unknown) => () =>
    send(port, method, path, JSON_BODY, JSON.stringify(body))
  const post =
    (path: string, body: string | Buffer = '') =>
    () =>
      send(port, 'POST', path, {}, body)
  const soap = (action: string, args: Readonly<Record<string, string>>) => () =>
    send(port, 'POST', CONTROL, {}, soapBody(CONTENT_DIRECTORY, action, args))
  const ObjectID = `${infoHash}-0`
  const count = '<upnp:playbackCount>7</upnp:playbackCount>'
  const changes: readonly [name: string, make: () => Promise<RawAnswer>][] = [
    ['settings', json('PATCH', '/settings', { 'max-connections': 77, name: 'New' })],
    ['settings kept elsewhere', json('PATCH', '/settings', { 'download-limit': '500K' })],
    ['password', json('PATCH', '/settings', { 'auth-reading': true, 'allow-host': ['a.lan'] })],
    ['position', json('PUT', `/library/${infoHash}/0/position`, { position_s: 50 })],
    ['bookmark', soap('X_SetBookmark', { CategoryType: '', RID: '', ObjectID, PosSecond: '90' })],
    ['count', soap('UpdateObject', { ObjectID, CurrentTagValue: '', NewTagValue: count })],
    ['limits of all', json('POST', '/torrents/limits', { upload_bps: 999, download_bps: 888 })],
    ['limits', json('POST', '/torrents/0/limits', { upload_bps: 9, max_connections: 3 })],
    ['keep', json('POST', '/torrents/0/keep', { keep: true })],
    ['seeding', json('POST', '/torrents/0/seeding', { ratio: 3 })],
    ['selection', json('POST', '/torrents/0/update_only_files', { only_files: [] })],
    ['pause', post('/torrents/0/pause')],
    ['start', post('/torrents/0/start')],
    ['torrent', post('/torrents', Buffer.from(other.torrentFile))],
    ['magnet', post('/torrents?wait=false', magnet)],
    ['again', post(`/torrents?wait=false&only_files=0`, `${magnet}&tr=http://127.0.0.1:9/a`)],
    ['creation', post('/torrents/create?name=made', 'film.mkv')],
    ['rule', json('PUT', '/control_points/192.0.2.7', { rule: 'samsung-pc' })],
    ['removal', post(`/torrents/${infoHash}/forget`)],
  ]
  const seen = async (): Promise<string> => {
    const paths = ['/settings', '/torrents', '/torrents/0', '/torrents/limits', '/control_points']
    const parts = await Promise.all(
      [...paths, '/library'].map(async (path) => (await send(port, 'GET', path)).body.toString()),
    )
    return parts.join('\n').replaceAll(/"last_seen":\d+/g, '')
  }
  for (const [name, make] of changes) {
    // A control point is seen by its asking alone.
    if (name === 'bookmark') await soap('GetSystemUpdateID', {})()
    const before = await seen()
    const giveBack = await blockFolder(state)
    const refused = await make()
    expect(refused.status, name).toBe(500)
    const text = refused.body.toString()
    if (text.startsWith('{'))
      expect(JSON.parse(text), name).toMatchObject({ code: 'storage_failed' })
    else expect(faultCodeOf(text), name).toBe(501)
    expect(text).not.toContain('internal error')
    expect(await seen(), name).toBe(before)
    await giveBack()
    expect((await make()).status, name).toBe(200)
  }
})
