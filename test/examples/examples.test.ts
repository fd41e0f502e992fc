import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeTorrent, pseudoRandomBytes } from '../helpers/make-torrent.ts'
import { openSeeder } from '../helpers/sessions.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url))
const README = fileURLToPath(new URL('../../README.md', import.meta.url))
const TSCONFIG = fileURLToPath(new URL('tsconfig.json', import.meta.url))
const TSX = import.meta.resolve('tsx')

const film = pseudoRandomBytes(300_000, 1)
const fixture = makeTorrent('Trip', [
  { path: ['notes.txt'], data: pseudoRandomBytes(1_000, 2) },
  { path: ['film.mkv'], data: film },
])

/** A program that imports the package. */
class Example {
  readonly process: ChildProcess
  readonly exitCode: Promise<number | null>
  output = ''

  constructor(path: string, args: readonly string[], cwd: string) {
    this.process = spawn(process.execPath, ['--import', TSX, path, ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, TSX_TSCONFIG_PATH: TSCONFIG },
    })
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString()
      })
    }
    this.exitCode = once(this.process, 'close').then(([exitCode]) => exitCode)
    onTestFinished(async () => {
      this.process.kill('SIGKILL')
      await this.exitCode
    })
  }

  async printed(pattern: RegExp): Promise<string> {
    await expect.poll(() => this.output, { timeout: 40_000 }).toMatch(pattern)
    return pattern.exec(this.output)?.[0] ?? ''
  }
}

/** A magnet that names the one peer that has the fixture. */
async function magnet(): Promise<string> {
  const { torrent, address } = await openSeeder(fixture)
  return `magnet:?xt=urn:btih:${torrent.infoHash}&x.pe=${address}`
}

describe('the examples', () => {
  it('stream the largest file to a path, and end', async () => {
    const cwd = await temporaryFolder()
    const args = [await magnet(), 'out.mkv']
    const example = new Example(join(EXAMPLES, 'stream-to-file.mjs'), args, cwd)
    expect(await example.exitCode, example.output).toBe(0)
    expect(example.output).toBe('film.mkv: 300000 bytes\n')
    expect((await readFile(join(cwd, 'out.mkv'))).equals(film)).toBe(true)
  })

  it('give up streaming when they are interrupted', async () => {
    const cwd = await temporaryFolder()
    const args = [`magnet:?xt=urn:btih:${'ab'.repeat(20)}`, 'out.mkv']
    const example = new Example(join(EXAMPLES, 'stream-to-file.mjs'), args, cwd)
    // The torrent is listed once it has been added.
    await expect
      .poll(() => readFile(join(cwd, 'downloads', '.tributary', 'session.json'), 'utf8'), {
        timeout: 40_000,
      })
      .toContain('abab')
    example.process.kill('SIGINT')
    expect(await example.exitCode).toBe(1)
    expect(example.output).toContain('interrupted')
  })

  it('serve a range by a route of Express, and end when they are told to', async () => {
    const example = new Example(
      join(EXAMPLES, 'express-route.mjs'),
      [await magnet()],
      await temporaryFolder(),
    )
    const url = (await example.printed(/http:\S+(?=\n)/)).replace(/0$/, '1')
    const answer = await fetch(url, { headers: { Range: 'bytes=100000-100999' } })
    expect(answer.status).toBe(206)
    expect(answer.headers.get('content-range')).toBe('bytes 100000-100999/300000')
    const body = Buffer.from(await answer.arrayBuffer())
    expect(body.equals(film.subarray(100_000, 101_000))).toBe(true)
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(film)).toBe(true)
    expect((await fetch(url.replace(/1$/, '7'))).status).toBe(404)
    example.process.kill('SIGINT')
    expect(await example.exitCode, example.output).toBe(0)
  })

  it('draw a bar until all is there, and end', async () => {
    const cwd = await temporaryFolder()
    const example = new Example(join(EXAMPLES, 'progress-bar.mjs'), [await magnet()], cwd)
    expect(await example.exitCode, example.output).toBe(0)
    expect(example.output).toContain(`[${'#'.repeat(40)}] 100 %`)
    expect((await readFile(join(cwd, 'downloads', 'Trip', 'film.mkv'))).equals(film)).toBe(true)
  })
})

it('runs the example of the README, which ends', async () => {
  const [, program = ''] = /```js\n(.*?)```/s.exec(await readFile(README, 'utf8')) ?? []
  const cwd = await temporaryFolder()
  await writeFile(join(cwd, 'film.mjs'), program)
  const example = new Example(join(cwd, 'film.mjs'), [await magnet()], cwd)
  expect(await example.exitCode, example.output).toBe(0)
  expect(example.output).toContain('film.mkv: 300000 bytes')
})
