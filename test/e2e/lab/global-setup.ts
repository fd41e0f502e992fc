import { existsSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CleanUp } from './clean-up.ts'
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

/** Another test process may do the same at the same time: what is gone is gone. */
async function removeOrphans(): Promise<void> {
  const cleanUp = new CleanUp()
  for (const name of (await namespaceNames()).filter(isOrphan)) {
    await cleanUp.all(() => deleteNamespace(name))
  }
  for (const target of await orphanedMounts()) await cleanUp.all(() => unmount(target))
  for (const name of (await readdir(tmpdir())).filter(isOrphan)) {
    await cleanUp.all(() => rm(join(tmpdir(), name), { recursive: true, force: true }))
  }
  cleanUp.end()
}

async function unmount(target: string): Promise<void> {
  try {
    await run(['umount', target])
  } catch (error) {
    if ((await orphanedMounts()).includes(target)) throw error
  }
}

/** The last first: one may lie on another. */
async function orphanedMounts(): Promise<readonly string[]> {
  const table = await readFile('/proc/mounts', 'utf8')
  const rows = table.split('\n').map((line) => line.split(' '))
  const orphaned = rows.filter(([source = '']) => isOrphan(source))
  return orphaned.map(([, target = '']) => target).reverse()
}
