import { constants } from 'node:fs'
import {
  copyFile,
  link,
  mkdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '../../error-code.ts'

const LOCK_NAME = 'lock'
/** Tells what this process tries at once apart. */
let attempts = 0

/** Another live process owns the folder. */
export class LockError extends Error {
  readonly pid: number

  constructor(folder: string, pid: number) {
    super(`${folder} is in use by process ${pid}`)
    this.name = 'LockError'
    this.pid = pid
  }
}

export interface Lock {
  release(): Promise<void>
}

interface Owner {
  readonly pid: number
  /** When the process started, by the system's count; tells a reused process id. */
  readonly startedAt: string
}

/**
 * Takes the folder for this process. The lock of a dead process is taken over.
 * Throws LockError where a live process has it.
 */
export async function lockFolder(folder: string): Promise<Lock> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, LOCK_NAME)
  const mine = join(folder, `${LOCK_NAME}.${process.pid}.${attempts++}`)
  await writeOwner(mine, await ownerOf(process.pid))
  try {
    // link() fails where the name exists, so of two processes that start at once one wins.
    while (!(await linked(mine, path))) await removeDeadLock(folder, path)
  } finally {
    await rm(mine, { force: true })
  }
  return { release: () => rm(path, { force: true }) }
}

/** On a full disk there is room for a link, which says the same. */
async function writeOwner(path: string, owner: Owner): Promise<void> {
  try {
    await writeFile(path, JSON.stringify(owner))
  } catch (error) {
    await rm(path, { force: true })
    if (!hasCode(error, 'ENOSPC', 'EDQUOT')) throw error
    // Up to 59 bytes a file system has room for in the file's own entry.
    await symlink(`${owner.pid} ${owner.startedAt}`, path)
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    if (hasCode(error, 'EPERM', 'ENOTSUP')) return await copied(from, to)
    throw error
  }
}

/** For exFAT and the like, which have no second names: as atomic, but for a crash in between. */
async function copied(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

async function removeDeadLock(folder: string, path: string): Promise<void> {
  const owner = await readOwner(path)
  if (owner !== null && (await isAlive(owner))) throw new LockError(folder, owner.pid)
  const aside = `${path}.dead.${process.pid}.${attempts++}`
  try {
    await rename(path, aside)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return
    throw error
  }
  // Whoever else saw the dead lock may have taken it over in between: then it is given back.
  const moved = await readOwner(aside)
  if (moved !== null && (await isAlive(moved))) await linked(aside, path)
  // Not a file at all: it stays for a person to look at, under the name that it has now.
  await rm(aside, { force: true }).catch(() => {})
}

async function readOwner(path: string): Promise<Owner | null> {
  try {
    const [, number, since = ''] = /^(\d+) (.*)$/s.exec(await linkText(path)) ?? []
    if (number !== undefined) return { pid: Number(number), startedAt: since }
    const owner: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (typeof owner !== 'object' || owner === null) return null
    const { pid, startedAt } = owner as Partial<Record<keyof Owner, unknown>>
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : null
  } catch {
    // Gone or damaged: nobody owns it.
    return null
  }
}

/** Empty for what is no link. */
async function linkText(path: string): Promise<string> {
  return await readlink(path).catch(() => '')
}

async function isAlive(owner: Owner): Promise<boolean> {
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false
  }
  return (await ownerOf(owner.pid)).startedAt === owner.startedAt
}

/** Linux tells when a process started; elsewhere its id alone must do. */
async function ownerOf(pid: number): Promise<Owner> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8')
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ')
    const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    return { pid, startedAt: `${bootId.trim()}:${fields[19] ?? ''}` }
  } catch {
    return { pid, startedAt: '' }
  }
}
