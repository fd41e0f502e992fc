import { lstat } from 'node:fs/promises'
import type { StoredFile } from '../store/file-layout.ts'
import type { FileMark } from '../store/file-mark.ts'
import { TorrentError } from '../torrent-error.ts'

/**
 * Nothing is left of what was stored: somebody has removed it, or its disk is not mounted. It is not
 * downloaded again before somebody says so, as that would fill the disk below.
 */
export class FilesGoneError extends TorrentError {
  /** One of the files. */
  readonly path: string

  constructor(path: string) {
    const message = `its files are gone (${path}): bring them back, or start it to download them again`
    super('unavailable', message)
    this.name = 'FilesGoneError'
    this.path = path
  }
}

/** A file that is gone with all others; `null` where any is left, or nothing was stored. */
export function goneFile(
  { pieces, marks: then }: { readonly pieces: Uint8Array; readonly marks: readonly FileMark[] },
  files: readonly StoredFile[],
  now: readonly FileMark[],
): string | null {
  if (pieces.every((bits) => bits === 0)) return null
  if (now.some((mark) => mark !== null)) return null
  const known = files.find(({ path, length }, index) => {
    return path !== null && length > 0 && (then[index] ?? null) !== null
  })
  return known?.path ?? null
}

/** Whether something has that path, a link to nowhere included. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch {
    // Whatever the reason is, it is of no use yet.
    return false
  }
}
