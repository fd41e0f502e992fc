import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** Where SystemUpdateID outlives a restart. */
export interface UpdateIdStore {
  /** 0 if nothing was ever written. */
  read(): number
  write(updateId: number): void
}

/** SystemUpdateID is a ui4 and starts again at 0 (ContentDirectory:1, 2.5.20). */
const UPDATE_IDS = 2 ** 32

export function nextUpdateId(updateId: number): number {
  return (updateId + 1) % UPDATE_IDS
}

/**
 * A store in one small file, replaced as a whole. It is written at once and not by and by, because
 * an id that was told to a control point must never be told again for another content.
 *
 * @param path - In a folder that exists.
 */
export function fileUpdateIdStore(path: string): UpdateIdStore {
  return {
    read: () => parseUpdateId(readText(path)),
    write: (updateId) => {
      const unfinished = `${path}.new`
      rmSync(unfinished, { recursive: true, force: true })
      writeFileSync(unfinished, `${updateId}\n`)
      replace(unfinished, path)
    },
  }
}

function parseUpdateId(text: string): number {
  const updateId = Number(text)
  return Number.isInteger(updateId) && updateId >= 0 && updateId < UPDATE_IDS ? updateId : 0
}

/** Empty where there is nothing to be read. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Missing, a folder, or unreadable: no id was told, and writing tells what is wrong.
    return ''
  }
}

/** A folder in the file's place is moved beside it. */
function replace(unfinished: string, path: string): void {
  try {
    renameSync(unfinished, path)
  } catch {
    renameSync(path, `${path}.bad-${Date.now()}`)
    renameSync(unfinished, path)
  }
}
