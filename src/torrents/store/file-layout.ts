import { join } from 'node:path'
import type { TorrentFile } from '../torrent-file.ts'

/** A file as it lies on the disk. Pads and symlinks have no path: their bytes are zeros. */
export interface StoredFile {
  readonly path: string | null
  /** First byte in the torrent's byte space. */
  readonly offset: number
  readonly length: number
}

/** A stretch of one stored file. */
export interface Segment {
  readonly file: number
  /** Offset in the file. */
  readonly position: number
  readonly length: number
}

/** Where the files of a torrent lie below `folder`. */
export function storedFiles(files: readonly TorrentFile[], folder: string): StoredFile[] {
  return files.map((file) => ({
    path: file.padding || file.symlink !== null ? null : join(folder, ...file.components),
    offset: file.offset,
    length: file.length,
  }))
}

/** Cuts `length` bytes from `offset` of the torrent into stretches of its files, in order. */
export function segmentsOf(
  files: readonly StoredFile[],
  offset: number,
  length: number,
): Segment[] {
  const segments: Segment[] = []
  const end = offset + length
  for (let index = fileAt(files, offset); index < files.length; index++) {
    const file = files[index]
    if (file === undefined || file.offset >= end) break
    const start = Math.max(offset, file.offset)
    const stop = Math.min(end, file.offset + file.length)
    if (stop > start) {
      segments.push({ file: index, position: start - file.offset, length: stop - start })
    }
  }
  return segments
}

/** Index of the first file that ends after `offset`, by bisection. */
function fileAt(files: readonly StoredFile[], offset: number): number {
  let low = 0
  let high = files.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const file = files[middle]
    if (file !== undefined && file.offset + file.length <= offset) low = middle + 1
    else high = middle
  }
  return low
}
