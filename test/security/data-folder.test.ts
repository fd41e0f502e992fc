import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { jsonOf } from '../helpers/http-client.ts'
import { makeTorrent, pseudoRandomBytes, singleFile } from '../helpers/make-torrent.ts'
import { type RealServer, startRealServer } from '../helpers/real-server.ts'
import { openSeeder } from '../helpers/sessions.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

const SECRET = pseudoRandomBytes(40_000, 9)

interface Details {
  readonly details: { readonly files: readonly { readonly components: readonly string[] }[] }
  readonly output_folder: string
}

const HOSTILE: readonly (readonly string[])[] = [
  ['..', 'secret.mkv'],
  ['..', '..', '..', 'secret.mkv'],
  ['a', '..', '..', '..', 'secret.mkv'],
  ['/etc/passwd'],
  ['', 'etc', 'passwd'],
  ['..\\..\\secret.mkv'],
  ['C:\\Windows\\secret.mkv'],
  ['file.mkv:stream'],
  ['CON'],
  ['nul.mkv'],
  ['.'],
  ['...'],
  ['.tributary', 'settings.json'],
  ['secret\u0000.mkv'],
  ['\u2025', 'secret.mkv'],
  [`${'ä'.repeat(127)}a`],
  ['b'.repeat(255)],
  ['c'.repeat(5_000)],
]

it.each(['..', '.', '/', '../..', '.tributary', '/etc', 'C:\\', '~', 'aux', 'd'.repeat(255), ''])(
  'a torrent that is called %j has no path outside of its own folder',
  async (name) => {
    const real = await startRealServer()
    const files = HOSTILE.map((path) => ({ path, data: pseudoRandomBytes(100, 5) }))
    const answer = await real.add(makeTorrent(name, files))
    // It is refused, or made safe.
    if (answer.status !== 200) {
      expect(answer.status).toBe(400)
      return
    }
    const { details, output_folder: folder } = jsonOf(answer) as Details
    expect(`${folder}/`.startsWith(`${real.folder}/`)).toBe(true)
    expect(folder).not.toMatch(/\/\.tributary(\/|$)/)
    for (const { components } of details.files) {
      for (const component of components) {
        expect(component).not.toMatch(/^\.{0,2}$|[/\\\0]/)
        expect(Buffer.byteLength(component)).toBeLessThanOrEqual(255)
      }
      expect(join(folder, ...components).startsWith(`${folder.replace(/\/$/, '')}/`)).toBe(true)
    }
    expect(await readdir(join(real.folder, '.tributary'))).toContain('session.json')
  },
)

/** Adds with the right bytes lying where the torrent would like to find them. */
async function bytesRead(real: RealServer, fixture: ReturnType<typeof singleFile>) {
  const answer = await real.add(fixture)
  if (answer.status !== 200) return 0
  const { id } = jsonOf(answer) as { id: number }
  await vi.waitUntil(async () => {
    const stats = jsonOf(await real.get(`/torrents/${id}/stats/v1`)) as { state: string }
    return stats.state !== 'initializing'
  }, 10_000)
  const stats = jsonOf(await real.get(`/torrents/${id}/stats/v1`)) as { progress_bytes: number }
  return stats.progress_bytes
}

it('no file outside is read, whatever leads there', async () => {
  const real = await startRealServer()
  const outside = await temporaryFolder()
  await writeFile(join(outside, 'secret.mkv'), SECRET)
  await mkdir(join(real.folder, 'films'))
  await symlink(outside, join(real.folder, 'linked'))
  await symlink(join(outside, 'secret.mkv'), join(real.folder, 'link.mkv'))
  await symlink(join(outside, 'secret.mkv'), join(real.folder, 'films', 'secret.mkv'))
  const up = ['..', basename(outside), 'secret.mkv']
  const torrents = [
    makeTorrent('x', [{ path: up, data: SECRET }]),
    makeTorrent('..', [{ path: up.slice(1), data: SECRET }]),
    makeTorrent('y', [{ path: [join(outside, 'secret.mkv')], data: SECRET }]),
    makeTorrent('linked', [{ path: ['secret.mkv'], data: SECRET }]),
    makeTorrent('films', [{ path: ['secret.mkv'], data: SECRET }]),
    singleFile('link.mkv', SECRET),
  ]
  for (const fixture of torrents) {
    expect([fixture.name, await bytesRead(real, fixture)]).toEqual([fixture.name, 0])
  }
  // The same bytes inside are found.
  await writeFile(join(real.folder, 'inside.mkv'), SECRET)
  expect(await bytesRead(real, singleFile('inside.mkv', SECRET))).toBe(SECRET.length)
})

it('nothing outside is written or deleted through a link in the data folder', async () => {
  const good = pseudoRandomBytes(64 * 1024, 4)
  const bad = pseudoRandomBytes(64 * 1024, 5)
  const fixture = makeTorrent('Show', [
    { path: ['linked', 'bad.mkv'], data: bad },
    { path: ['good.mkv'], data: good },
  ])
  const { address } = await openSeeder(fixture)
  const real = await startRealServer()
  const outside = await temporaryFolder()
  await writeFile(join(outside, 'precious.txt'), 'precious')
  await writeFile(join(outside, 'bad.mkv'), 'precious, too')
  await mkdir(join(real.folder, 'Show'))
  await symlink(outside, join(real.folder, 'Show', 'linked'))
  const path = `/torrents?overwrite=true&initial_peers=${address}`
  const added = await real.post(path, {}, Buffer.from(fixture.torrentFile))
  const { id } = jsonOf(added) as { id: number }
  // Its neighbour is downloaded and played meanwhile.
  expect((await real.get(`/torrents/${id}/stream/1`)).body.equals(good)).toBe(true)
  expect((await real.get(`/torrents/${id}/stream/0`, { Range: 'bytes=0-9' })).status).toBe(503)
  expect((await real.post(`/torrents/${id}/delete`)).status).toBe(200)
  expect((await readdir(outside)).sort()).toEqual(['bad.mkv', 'precious.txt'])
  expect(await readFile(join(outside, 'bad.mkv'), 'utf8')).toBe('precious, too')
})

it.each(['/etc', '../outside', '..', '/', '.tributary', 'a/../../outside', '%2e%2e'])(
  'output_folder=%s is refused or lies inside',
  async (folder) => {
    const real = await startRealServer()
    const before = await readdir(dirname(real.folder))
    const fixture = singleFile('Show.mkv', pseudoRandomBytes(5_000, 3))
    for (const name of ['output_folder', 'sub_folder']) {
      const path = `/torrents?paused=true&${name}=${folder}`
      const answer = await real.post(path, {}, Buffer.from(fixture.torrentFile))
      expect(answer.status).toBe(400)
    }
    expect(existsSync(join(real.folder, '..', 'outside'))).toBe(false)
    expect(before).toContain(basename(real.folder))
  },
)
