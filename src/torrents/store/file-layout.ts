import { sep } from 'node:path'
import { inTurns } from '../../concurrency/in-turns.ts'
import type { TorrentFile } from '../metainfo/torrent-file.ts'
import type { PieceLayout } from '../pieces/piece-layout.ts'

/** A file as it lies on the disk. Pads and symlinks have no path: their bytes are zeros. */
export interface StoredFile {
  readonly path: string | null
  /** First byte in the torrent's byte space. */
  readonly offset: number
  readonly length: number
  /** Set where `path` is a part that stands in for a file that cannot be used. */
  readonly gap?: Gap
}

/** Bytes of a file that its part leaves out (`end` exclusive); what follows them is moved up. */
export interface Gap {
  readonly start: number
  readonly end: number
}

/** A stretch of one stored file. */
export interface Segment {
  readonly file: number
  /** Offset in the file on the disk; `null` where no file has these bytes. */
  readonly position: number | null
  readonly length: number
}

/** Where the files of a torrent lie below `folder`, which is absolute. */
export function storedFiles(files: readonly TorrentFile[], folder: string): StoredFile[] {
  const above = folder.endsWith(sep) ? folder : `${folder}${sep}`
  return files.map((file) => storedFile(file, above))
}

/** As `storedFiles`, while the event loop does other things: there may be a hundred thousand. */
export async function storedFilesSoon(
  files: readonly TorrentFile[],
  folder: string,
): Promise<StoredFile[]> {
  const above = folder.endsWith(sep) ? folder : `${folder}${sep}`
  const stored: StoredFile[] = []
  await inTurns(files, (file) => {
    stored.push(storedFile(file, above))
  })
  return stored
}

function storedFile(file: TorrentFile, above: string): StoredFile {
  const { padding, symlink, components, offset, length } = file
  // `join` would look at each component again.
  return { path: padding || symlink !== null ? null : above + components.join(sep), offset, length }
}

/**
 * The part that stands in for a file that cannot be used: it has the bytes of the pieces that the
 * file shares with others, so that those pieces can be verified, and nothing else.
 */
export function partOf(file: StoredFile, path: string, layout: PieceLayout): StoredFile {
  const { offset, length } = file
  const end = offset + length
  const first = layout.pieceAt(offset)
  const firstWhole = layout.startOf(first) === offset ? offset : layout.endOf(first)
  const start = Math.min(firstWhole, end) - offset
  const lastWhole = layout.startOf(layout.pieceAt(end)) - offset
  return { path, offset, length, gap: { start, end: Math.max(start, lastWhole) } }
}

/** Bytes that the file on the disk has when it is complete. */
export function sizeOnDisk({ length, gap }: StoredFile): number {
  return gap === undefined ? length : length - (gap.end - gap.start)
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
    const start = Math.max(offset, file.offset) - file.offset
    const stop = Math.min(end, file.offset + file.length) - file.offset
    if (stop <= start) continue
    if (file.gap === undefined) {
      segments.push({ file: index, position: start, length: stop - start })
    } else segments.push(...aroundGap(index, file.gap, start, stop))
  }
  return segments
}

function aroundGap(file: number, gap: Gap, start: number, stop: number): Segment[] {
  const moved = gap.end - gap.start
  const stretches = [
    { from: start, to: Math.min(stop, gap.start), position: start },
    { from: Math.max(start, gap.start), to: Math.min(stop, gap.end), position: null },
    {
      from: Math.max(start, gap.end),
      to: stop,
      position: Math.max(start, gap.end) - moved,
    },
  ]
  return stretches
    .filter(({ from, to }) => to > from)
    .map(({ from, to, position }) => ({ file, position, length: to - from }))
}

/** Index of the first file that ends after `offset`, by bisection. */
export function fileAt(files: readonly StoredFile[], offset: number): number {
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

/** Indices of the files that have bytes from `start` to before `end`, pads included. */
export function filesWithin(files: readonly StoredFile[], start: number, end: number): number[] {
  const within: number[] = []
  for (let index = fileAt(files, start); index < files.length; index++) {
    const file = files[index]
    if (file === undefined || file.offset >= end) break
    if (file.length > 0) within.push(index)
  }
  return within
}

/** What pieces, in ascending order, take up of each file on the disk; neighbours are joined. */
export function holesOf(
  files: readonly StoredFile[],
  layout: PieceLayout,
  pieces: readonly number[],
): Map<number, { start: number; end: number }[]> {
  const holes = new Map<number, { start: number; end: number }[]>()
  for (const piece of pieces) {
    for (const segment of segmentsOf(files, layout.startOf(piece), layout.lengthOf(piece))) {
      const { file, position: start, length } = segment
      if (start === null || files[file]?.path === null) continue
      const known = holes.get(file) ?? []
      holes.set(file, known)
      const last = known.at(-1)
      if (last?.end === start) last.end += length
      else known.push({ start, end: start + length })
    }
  }
  return holes
}
