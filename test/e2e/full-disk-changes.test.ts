import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fillDisk } from './lab/fill-disk.ts'
import type { FetchOptions } from './lab/http-fetch.ts'
import { Lab } from './lab/lab.ts'
import { makeSingleFileTorrent } from './lab/media.ts'
import { run } from './lab/program.ts'
import { ask } from './lab/soap.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'

const DISK_MIB = 4
const CONTENT_DIRECTORY = 'urn:schemas-upnp-org:service:ContentDirectory:1'

const json = (method: string, body: unknown): FetchOptions => ({
  ...{ method, body: JSON.stringify(body), contentType: 'application/json' },
})

const CHANGES: readonly [path: string, options: FetchOptions][] = [
  ['/settings', json('PATCH', { 'seed-ratio': 2, name: 'New' })],
  ['/settings', json('PATCH', { 'download-limit': '500K', 'max-connections': 50 })],
  ['/rust_log', { method: 'POST', body: 'debug' }],
  ['/library/0/0/position', json('PUT', { position_s: 3 })],
  ['/torrents/limits', json('POST', { upload_bps: 999, download_bps: 888 })],
  ['/torrents/0/limits', json('POST', { upload_bps: 9, max_connections: 3 })],
  ['/torrents/0/keep', json('POST', { keep: true })],
  ['/torrents/0/seeding', json('POST', { ratio: 3 })],
  ['/torrents/0/update_only_files', json('POST', { only_files: [] })],
  ['/torrents/0/pause', { method: 'POST' }],
  ['/torrents/0/start', { method: 'POST' }],
  ['/control_points/192.0.2.7', json('PUT', { rule: 'samsung-pc' })],
]

/** Of all that is known of a file, what a client changes; the rest is found out meanwhile. */
const WATCHED = /"(?:resume_s|watched)":[^,}]*/g

/** What a client can see of all that is changed. */
async function seen(server: Tributary): Promise<string> {
  const paths = ['/settings', '/torrents/0', '/torrents/limits', '/control_points', '/library']
  const answers = await Promise.all(paths.map((path) => server.request(path)))
  const [library = '', ...others] = answers.map(({ text }) => text).reverse()
  return [...others.reverse(), ...(library.match(WATCHED) ?? [])]
    .map((text) => text.replaceAll(/"last_seen":\d+/g, ''))
    .join('\n')
}

describeWithTools([], 'a change on a disk', () => {
  it('that is full is refused, is made once there is room, and is there after a kill', async () => {
    const { lab, disk, server, infoHash } = await open()
    for (const [path, options] of CHANGES) {
      const before = await seen(server)
      const ballast = await fillDisk(disk)
      const { status, text } = await server.request(path, options)
      expect(status, path).toBe(507)
      expect(JSON.parse(text)).toMatchObject({
        ...{ code: 'storage_full', error_kind: 'internal_error' },
        ...{ status_text: '507 Insufficient Storage' },
        human_readable: expect.stringMatching(
          /could not be stored in \/.*\.json: the disk is full \(ENOSPC\)$/,
        ),
      })
      expect(await seen(server), path).toBe(before)
      await rm(ballast)
      expect((await server.request(path, options)).status, path).toBe(200)
    }
    const bookmark = { CategoryType: '', RID: '', ObjectID: `${infoHash}-0`, PosSecond: '31' }
    const set = () =>
      ask(lab.server, server.controlUrl, [CONTENT_DIRECTORY, 'X_SetBookmark'], bookmark)
    const ballast = await fillDisk(disk)
    expect(await set()).toContain('<errorCode>603</errorCode>')
    await rm(ballast)
    expect(await set()).toContain('X_SetBookmarkResponse')
    const after = await seen(server)
    server.program.signal('SIGKILL')
    await server.program.ended()
    const again = await Tributary.start(lab, { folder: disk })
    await again.finished(infoHash)
    expect((await again.call<{ settings: unknown }>('/settings')).settings).toEqual(
      (JSON.parse(after.split('\n')[0] ?? '') as { settings: unknown }).settings,
    )
  })

  it('that has become read-only is refused, a removal as well, until it can be written to', async () => {
    const { disk, server, infoHash } = await open()
    const remount = (mode: string) => run(['mount', '-o', `remount,${mode}`, disk])
    const removal = ['/torrents/0/delete', { method: 'POST' }] as const
    for (const [path, options] of [...CHANGES.slice(0, 5), removal]) {
      const before = await seen(server)
      await remount('ro')
      const { status, text } = await server.request(path, options)
      expect(status, path).toBe(500)
      expect(JSON.parse(text), path).toMatchObject({ code: 'storage_read_only' })
      expect(await seen(server), path).toBe(before)
      expect((await server.stream(infoHash, 0)).status).toBe(200)
      await remount('rw')
      expect((await server.request(path, options)).status, path).toBe(200)
    }
    expect(await server.torrents()).toEqual([])
  })
})

/** A server on a small disk, with a torrent that it has all of. */
async function open(): Promise<{ lab: Lab; disk: string; server: Tributary; infoHash: string }> {
  const lab = await Lab.open()
  const disk = await lab.mountSmallDisk('data', DISK_MIB)
  const tone = await makeSingleFileTorrent(lab.folder, 'Tone.mp3', 'tone.mp3')
  await run(['cp', tone.files[0] ?? '', join(disk, 'Tone.mp3')])
  const server = await Tributary.start(lab, { folder: disk })
  await server.add(`@${tone.path}`, { overwrite: 'true' })
  await server.finished(tone.infoHash)
  return { lab, disk, server, infoHash: tone.infoHash }
}
