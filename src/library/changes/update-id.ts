import { readFileSync } from 'node:fs'
import { replaceFileNow } from '../../replace-file.ts'

/** Where SystemUpdateID outlives a restart. */
export interface UpdateIdStore {
  /** 0 if nothing was ever written. */
  read(): number
  write(updateId: number): void
}

/** SystemUpdateID is a ui4 and starts again at 0 (ContentDirectory:1, 2.5.20). */
const UPDATE_IDS = 2 ** 32

/** Starts again at 0 behind the largest. */
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
    write: (updateId) => replaceFileNow(path, `${updateId}\n`),
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
