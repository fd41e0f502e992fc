import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ALONE, type Outcome, RunningCli } from '../helpers/run-cli.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

const LONG_MS = 60_000
/** No port that anybody else may want, nobody but this machine. */
const SWARM = ALONE.slice(ALONE.indexOf('--peer-port'))

function start(args: readonly string[], env: Record<string, string> = {}): RunningCli {
  return new RunningCli(args, env)
}

function run(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  return start(args, env).outcome
}

/** Resolves with what a stream of the program says, as soon as it matches. */
function heard(cli: RunningCli, from: 'stdout' | 'stderr', pattern: RegExp): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    cli.process[from]?.on('data', (chunk) => {
      text += chunk
      if (pattern.test(text)) resolve(text)
    })
    void cli.outcome.then(({ stderr }) => reject(new Error(`it has ended: ${stderr}`)))
  })
}

async function someFolder(): Promise<{ folder: string; bytes: Buffer }> {
  const folder = join(await temporaryFolder(), 'Show')
  await mkdir(folder)
  const bytes = randomBytes(700_000)
  await writeFile(join(folder, 'one.mkv'), bytes)
  await writeFile(join(folder, 'two.srt'), randomBytes(10))
  return { folder, bytes }
}

describe('share and download', () => {
  it(
    'bring a folder from one to the other, and both end with 0',
    async () => {
      const { folder, bytes } = await someFolder()
      const torrentFile = join(await temporaryFolder(), 'show.torrent')
      const sharing = start(['share', ...SWARM, '--output', torrentFile, folder])
      const [said, magnet] = await Promise.all([
        heard(sharing, 'stderr', /on port \d+/),
        heard(sharing, 'stdout', /\n/),
      ])
      expect(magnet).toMatch(/^magnet:\?xt=urn:btih:[\da-f]{40}&dn=Show\n$/)
      expect(said).toMatch(/Sharing Show \(2 files, 700 kB\) on port \d+/)
      const [, port] = /on port (\d+)/.exec(said) ?? []
      const dir = await temporaryFolder()
      const from = [...SWARM, '--dir', dir, '--peer', `127.0.0.1:${port}`]

      const { exitCode, stdout, stderr } = await run(['download', ...from, magnet.trim()])

      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(stdout).toMatch(/Show is in .*Show\n$/)
      expect(await readFile(join(dir, 'Show', 'one.mkv'))).toEqual(bytes)
      // What is there already is checked, and that is all.
      expect((await run(['download', ...SWARM, '--dir', dir, torrentFile])).exitCode).toBe(0)
      sharing.kill('SIGINT')
      expect((await sharing.outcome).exitCode).toBe(0)
      expect(await readdir(join(folder, '..'))).toEqual(['Show'])
    },
    LONG_MS,
  )

  it(
    'end with another number where they cannot, and say why',
    async () => {
      const dir = await temporaryFolder()
      const missing = await run(['download', ...SWARM, '--dir', dir, join(dir, 'no.torrent')])
      expect(missing).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('no such file'),
      })
      const url = 'http://127.0.0.1:9/x.torrent'
      const unanswered = await run(['download', ...SWARM, '--dir', dir, url])
      expect(unanswered).toMatchObject({ exitCode: 1 })
      expect(unanswered.stderr).toMatch(/^tributary: cannot download http:.*\n$/)
      const nothing = await run(['share', ...SWARM, join(dir, 'nothing')])
      expect(nothing).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('no such file'),
      })
    },
    LONG_MS,
  )

  it(
    'a download that is interrupted says so by its exit code, and frees the folder',
    async () => {
      const dir = await temporaryFolder()
      const cli = start(['download', ...SWARM, '--dir', dir, 'a'.repeat(40)])
      await heard(cli, 'stdout', /looking for peers/)
      cli.kill('SIGINT')
      expect((await cli.outcome).exitCode).toBe(130)
      expect(existsSync(join(dir, '.tributary', 'lock'))).toBe(false)
    },
    LONG_MS,
  )
})

describe('list, add, remove and health', () => {
  it(
    'find the server that runs in a folder, and tell what it says',
    async () => {
      const { folder } = await someFolder()
      const dir = await temporaryFolder()
      const torrentFile = join(dir, 'show.torrent')
      const sharing = start(['share', ...SWARM, '--output', torrentFile, folder])
      await heard(sharing, 'stdout', /magnet/)
      const server = start([...ALONE, '--dir', dir, '--auth', 'me:secret'])
      await server.started
      const here = ['--dir', dir]
      const login = { TRIBUTARY_AUTH: 'me:secret' }

      expect(await run(['health', ...here])).toMatchObject({ exitCode: 0, stdout: 'ok\n' })
      const refused = await run(['add', ...here, torrentFile])
      expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--auth') })
      const wrong = await run(['remove', ...here, '--auth', 'me:wrong', '0'])
      expect(wrong).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('does not know that user with that password'),
      })
      const added = await run(['add', ...here, torrentFile, 'b'.repeat(40)], login)
      expect(added).toMatchObject({ exitCode: 0, stderr: '' })
      expect(added.stdout).toBe(`added 0 Show\nadded 1 ${'b'.repeat(40)}\n`)
      const again = await run(['add', ...here, torrentFile], login)
      expect(again).toMatchObject({ exitCode: 0, stdout: 'already there: 0 Show\n' })
      const listed = await run(['list', ...here])
      expect(listed.stdout).toMatch(/^ID +STATE .*\n0 .* Show\n1 +resolving .*\n$/)
      const json = JSON.parse((await run(['list', ...here, '--json'])).stdout)
      expect(json.torrents).toHaveLength(2)
      // The good one goes, and the other is named.
      const removed = await run(['remove', ...here, '7', '0'], login)
      expect(removed).toMatchObject({ exitCode: 1, stdout: 'removed 0\n' })
      expect(removed.stderr).toContain('7')

      server.kill('SIGTERM')
      expect((await server.outcome).exitCode).toBe(0)
      const gone = await run(['health', ...here])
      expect(gone).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no server runs') })
    },
    LONG_MS,
  )

  it('say that what answers is something else', async () => {
    const other = createServer((_, response) => response.end('<html>hello</html>'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    const { exitCode, stderr } = await run(['list', '--server', `http://127.0.0.1:${port}`])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: `tributary: what answers at http://127.0.0.1:${port}/ is no Tributary\n`,
    })
  })
})
