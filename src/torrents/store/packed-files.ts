import type { StoredFile } from './file-layout.ts'

/**
 * The files of a torrent on their way to the disk worker: one string and one array, because a
 * hundred thousand objects would hold up the event loop while they are copied.
 */
export interface PackedFiles {
  /** Joined by NUL, which no path has; empty for a file without one. */
  readonly paths: string
  /** Offset, length, and start and end of the gap of each file; no gap where they are equal. */
  readonly numbers: Float64Array
}

const NUMBERS_PER_FILE = 4

/** One text for the thread of the disk; an empty path stands for none. */
export function packPaths(files: readonly StoredFile[]): string {
  return files.map(({ path }) => path ?? '').join('\0')
}

/** In a form that a thread is handed in no time, however many there are. */
export function packFiles(files: readonly StoredFile[]): PackedFiles {
  const numbers = new Float64Array(files.length * NUMBERS_PER_FILE)
  files.forEach(({ offset, length, gap }, index) => {
    // A part without a gap is told from a file by a gap before its first byte.
    const [start, end] = gap === undefined ? [0, 0] : [gap.start + 1, gap.end + 1]
    numbers.set([offset, length, start, end], index * NUMBERS_PER_FILE)
  })
  return { paths: packPaths(files), numbers }
}

/** What `packFiles` was given. */
export function unpackFiles({ paths, numbers }: PackedFiles): StoredFile[] {
  if (numbers.length === 0) return []
  return paths.split('\0').map((path, index) => {
    const at = index * NUMBERS_PER_FILE
    const [offset = 0, length = 0, start = 0, end = 0] = numbers.subarray(at, at + NUMBERS_PER_FILE)
    const file = { path: path === '' ? null : path, offset, length }
    return end === 0 ? file : { ...file, gap: { start: start - 1, end: end - 1 } }
  })
}
