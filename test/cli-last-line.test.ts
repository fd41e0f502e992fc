import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { ALONE, RunningCli } from './helpers/run-cli.ts'
import { temporaryFolder } from './helpers/temporary-folder.ts'

/** Throws what it is told, from a file that stands where the engine or we stand. */
const THROWER = `export function fail() { throw new Error('on purpose') }
export async function failLater() { throw new Error('on purpose, later') }
`

/** At each signal the next fault: two of the engine's, then one of ours. */
const FAULTS = `import { fail, failLater } from './node_modules/k-rpc/index.mjs'
import { fail as failOurselves } from './ours.mjs'
const faults = [fail, failLater, failOurselves]
process.on('SIGUSR2', () => setTimeout(() => faults.shift()()))
`

it('an error of the engine that nobody has caught ends nothing, one of ours ends the server', async () => {
  const folder = await temporaryFolder()
  const engine = join(folder, 'node_modules', 'k-rpc')
  await mkdir(engine, { recursive: true })
  await writeFile(join(engine, 'index.mjs'), THROWER)
  await writeFile(join(folder, 'ours.mjs'), THROWER)
  await writeFile(join(folder, 'faults.mjs'), FAULTS)
  const preload = pathToFileURL(join(folder, 'faults.mjs'))
  const cli = new RunningCli([...ALONE, '--dir', join(folder, 'data')], {
    NODE_OPTIONS: `--import ${preload}`,
  })
  const { localUrl } = await cli.started
  const lines: string[] = []
  cli.process.stdout?.on('data', (chunk) => lines.push(`${chunk}`))
  for (const entry of ['exception', 'rejection']) {
    cli.kill('SIGUSR2')
    await expect.poll(() => lines.join('')).toContain(`"entry":"${entry}"`)
    expect((await fetch(`${localUrl}/torrents`)).status).toBe(200)
  }
  cli.kill('SIGUSR2')
  const { exitCode } = await cli.outcome
  expect(exitCode).toBe(1)
  expect(lines.join('')).toContain('"msg":"uncaught exception"')
}, 60_000)
