import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BUILD } from '../helpers/build.ts'
import { send } from '../helpers/http-client.ts'
import { ALONE } from '../helpers/run-cli.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

const CLI = fileURLToPath(new URL('cli.js', BUILD))
/** Whatever is written to it finds a full disk; Linux has it. */
const FULL = '/dev/full'
const LONG_MS = 30_000

interface Ended {
  readonly child: ChildProcess
  readonly outcome: Promise<{ readonly exitCode: number | null; readonly stderr: string }>
}

async function startOnFullDisk(args: readonly string[]): Promise<Ended> {
  const full = await open(FULL, 'w')
  const child = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', full.fd, 'pipe'],
  })
  await full.close()
  let stderr = ''
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const outcome = new Promise<{ exitCode: number | null; stderr: string }>((resolve) => {
    child.on('close', (exitCode) => resolve({ exitCode, stderr }))
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await outcome
  })
  return { child, outcome }
}

describe.skipIf(!existsSync(FULL))('on a full disk', () => {
  it.each(['json', 'text'])(
    'a server whose log (%s) is kept there serves, and ends when it is told to',
    async (form) => {
      const folder = await temporaryFolder()
      const args = [...ALONE, '--no-dlna', '--dir', folder, '--log-format', form]
      const { child, outcome } = await startOnFullDisk(args)
      const file = join(folder, '.tributary', 'server.json')
      await expect.poll(() => existsSync(file), { timeout: 20_000 }).toBe(true)
      const { url } = JSON.parse(await readFile(file, 'utf8')) as { url: string }
      expect((await send(Number(new URL(url).port), 'GET', '/torrents')).status).toBe(200)
      child.kill('SIGTERM')
      expect(await outcome).toMatchObject({ exitCode: 0 })
    },
    LONG_MS,
  )

  it.each([['--help'], ['--version'], ['completions', 'bash']])(
    '%s says that it could not write',
    async (...args) => {
      const { outcome } = await startOnFullDisk(args)
      expect(await outcome).toEqual({
        exitCode: 1,
        stderr: 'tributary: the output cannot be written: no space left on device\n',
      })
    },
    LONG_MS,
  )
})
