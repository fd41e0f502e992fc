import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { fetchFrom } from './lab/http-fetch.ts'
import { Lab } from './lab/lab.ts'
import { makeSingleFileTorrent } from './lab/media.ts'
import { run } from './lab/program.ts'
import { sumsOfFiles } from './lab/sums.ts'
import { describeWithTools } from './lab/tools.ts'
import { startLibtorrent } from './peers/seeders.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** An installation from the registry and five programs, on a machine that may be busy. */
const LONG_MS = 300_000
const INSTALLATION_MS = 150_000
const EXAMPLES = 'node_modules/tributary/examples'

/** What a user writes who has types: a mistake, which must be found, and no other. */
const TYPED = `import { readFile } from 'node:fs/promises'
import { type FileStream, type Logger, Session, TorrentError, type TorrentErrorKind } from 'tributary'
const log: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => log }
await using session = await Session.open({ folder: 'downloads', log })
session.on('changed', ({ name, state }) => console.log(name, state.kind))
const { torrent } = await session.add(await readFile('film.torrent'), { paused: true })
const stream: FileStream | undefined = torrent.files[0]?.stream({ start: 1, end: 2, priority: 'probe' })
stream?.toReadable({ start: 1 }).pipe(process.stdout)
const kind: TorrentErrorKind = new TorrentError('closed', 'x').kind
// @ts-expect-error: there is no way to the insides.
console.log(kind, torrent.life)
`

/** The first block of a kind in the part of the README for those who use the package as a library. */
async function fromReadme(language: string): Promise<string> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
  const part = readme.slice(readme.indexOf('## As a library'))
  const block = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(part)?.[1]
  if (block === undefined) throw new Error(`the README has no block of ${language}`)
  return block
}

/** An empty project, with the package as `npm pack` makes it, installed as the README says. */
async function installIn(folder: string): Promise<void> {
  const pack = ['npm', 'pack', '--ignore-scripts', '--pack-destination', folder]
  await run(pack, { cwd: ROOT, timeoutMs: INSTALLATION_MS })
  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'))
  await writeFile(join(folder, 'package.json'), await fromReadme('json'))
  const quiet = ['--no-audit', '--no-fund']
  const install = ['npm', 'install', ...quiet, `./${tarball}`, 'express@5.3.0']
  await run(install, { cwd: folder, timeoutMs: INSTALLATION_MS })
}

describeWithTools([], 'the packed package in an empty project', () => {
  it(
    'runs the example of the README and those in examples/, each of which ends',
    async () => {
      const lab = await Lab.open()
      const cwd = lab.folder
      await installIn(cwd)
      const torrent = await makeSingleFileTorrent(cwd, 'Film.mkv')
      const seeder = await startLibtorrent(lab.server, torrent)
      const magnet = `magnet:?xt=urn:btih:${torrent.infoHash}&x.pe=${seeder.address}`
      const [sum] = await sumsOfFiles(torrent.files)

      await writeFile(join(cwd, 'film.mjs'), await fromReadme('js'))
      const readme = await lab.server.run(['node', 'film.mjs', magnet], { cwd })
      expect(readme.stdout).toMatch(/^Film\.mkv: \d+ bytes\n\d+ bytes from \d+\n$/)

      const file = ['node', `${EXAMPLES}/stream-to-file.mjs`, magnet, 'out.mkv']
      await lab.server.run(file, { cwd })
      expect(await sumsOfFiles([join(cwd, 'out.mkv')])).toEqual([sum])

      const route = lab.server.start(['node', `${EXAMPLES}/express-route.mjs`, magnet], { cwd })
      const [url] = await route.waitForOutput(/http:\S+(?=\n)/)
      expect(await fetchFrom(lab.server, url)).toMatchObject({ status: 200, sha256: sum })
      const partly = await fetchFrom(lab.server, url, { range: '1000-1999' })
      expect(partly).toMatchObject({ status: 206, byteCount: 1_000 })
      route.signal('SIGINT')
      expect(await route.ended()).toEqual({ code: 0, signal: null })

      const bar = await lab.server.run(['node', `${EXAMPLES}/progress-bar.mjs`, magnet], { cwd })
      expect(bar.stdout).toContain('100 %')
      expect(await sumsOfFiles([join(cwd, 'downloads', 'Film.mkv')])).toEqual([sum])
    },
    LONG_MS,
  )

  it('has types that stand without ours, and a program', async () => {
    const lab = await Lab.open()
    const cwd = lab.folder
    await installIn(cwd)
    await writeFile(join(cwd, 'typed.ts'), TYPED)
    const types = ['--typeRoots', join(ROOT, 'node_modules/@types'), '--types', 'node']
    const strict = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023']
    const lib = ['--lib', 'es2023,esnext.disposable']
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    const checked = await run(['node', tsc, ...strict, ...lib, ...types, 'typed.ts'], { cwd })
    expect(checked.stdout).toBe('')
    const { stdout } = await run(['node_modules/.bin/tributary', '--version'], { cwd })
    expect(stdout).toBe(
      `${JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')).version}\n`,
    )
  })
})
