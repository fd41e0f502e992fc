import { existsSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isOrphan } from './lab-name.ts'
import { deleteNamespace, namespaceNames } from './namespaces.ts'
import { run } from './program.ts'
import { canIsolate } from './tools.ts'
import { CLI_PATH } from './tributary.ts'

/** Before and after all tests: what a killed test process left is removed, whatever is alive is not touched. */
export async function setup(): Promise<() => Promise<void>> {
  if (!existsSync(CLI_PATH)) throw new Error(`${CLI_PATH} is missing: npm run build`)
  if (!canIsolate()) return async () => {}
  await removeOrphans()
  return removeOrphans
}

async function removeOrphans(): Promise<void> {
  for (const name of (await namespaceNames()).filter(isOrphan)) await deleteNamespace(name)
  for (const [source = '', target = ''] of await mounts()) {
    if (isOrphan(source)) await run(['umount', target])
  }
  for (const name of (await readdir(tmpdir())).filter(isOrphan)) {
    await rm(join(tmpdir(), name), { recursive: true, force: true })
  }
}

async function mounts(): Promise<readonly string[][]> {
  const table = await readFile('/proc/mounts', 'utf8')
  return table.split('\n').map((line) => line.split(' '))
}
