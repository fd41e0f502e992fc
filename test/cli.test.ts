import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ALONE, type Outcome, RunningCli } from './helpers/run-cli.ts'

let folder = ''
const running: RunningCli[] = []

function run(...args: string[]): RunningCli {
  const cli = new RunningCli(args)
  running.push(cli)
  return cli
}

function outcomeOf(...args: string[]): Promise<Outcome> {
  return run(...args).outcome
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-test-'))
})

afterEach(async () => {
  for (const cli of running.splice(0)) {
    cli.kill('SIGKILL')
    await cli.outcome
  }
  await rm(folder, { recursive: true, force: true })
})

describe('the command line', () => {
  it('prints its version and its options', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8'))
    expect(await outcomeOf('--version')).toEqual({
      exitCode: 0,
      stdout: `${version}\n`,
      stderr: '',
    })
    const { exitCode, stdout } = await outcomeOf('--help')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('--peer-port <n>')
  })

  it('ends with 2 and one line for an option that is none', async () => {
    expect(await outcomeOf('--prot', '1')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: "tributary: unknown option '--prot'; is it --port?\n",
    })
  })

  it('ends with 2 for a torrent that is none, before anything is started', async () => {
    const path = join(folder, 'film.torrent')
    await writeFile(path, 'not a torrent')
    const dir = join(folder, 'data')
    const { exitCode, stderr } = await outcomeOf(...ALONE, '--dir', dir, path)
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `tributary: cannot use torrent "${path}": this is plain text, not a torrent file\n`,
    })
    expect(existsSync(dir)).toBe(false)
  })

  it('ends with 1 and names a port that is taken', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { exitCode, stderr } = await outcomeOf(...ALONE, '--dir', folder, '--port', `${port}`)
    server.close()
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(new RegExp(`^tributary: HTTP port ${port} is in use.*\n$`))
  })

  it('ends with 1 and names the process that has the folder', async () => {
    const first = run(...ALONE, '--dir', folder)
    await first.started
    const { exitCode, stderr } = await outcomeOf(...ALONE, '--dir', folder)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(new RegExp(`in use by process ${first.process.pid}\n$`))
  })

  it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])(
    'ends with 0 on %s, also when it comes twice',
    async (signal) => {
      const cli = run(...ALONE, '--dir', folder)
      await cli.started
      cli.kill(signal)
      cli.kill(signal)
      const { exitCode, stdout, stderr } = await cli.outcome
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
        msg: 'server stopped',
      })
      expect(existsSync(join(folder, '.tributary', 'lock'))).toBe(false)
    },
  )
})

describe('--demo', () => {
  it('streams its clips from a second peer, and leaves nothing behind', async () => {
    const cli = run(...ALONE, '--demo')
    const { localUrl, folder: dataFolder } = await cli.started
    expect(await (await fetch(`${localUrl}/torrents`)).json()).toMatchObject({
      torrents: [{ name: 'River.mp4' }, { name: 'Delta' }, { name: 'Spring.mp3' }],
    })
    const headers = { Range: 'bytes=100000-199999' }
    const response = await fetch(`${localUrl}/torrents/2/stream/0`, { headers })
    const clip = await readFile('demo/clips/Spring.mp3')
    expect(Buffer.from(await response.arrayBuffer())).toEqual(clip.subarray(100_000, 200_000))
    cli.kill('SIGTERM')
    expect((await cli.outcome).exitCode).toBe(0)
    expect(existsSync(dataFolder)).toBe(false)
  })
})
