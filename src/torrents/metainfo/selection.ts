import { commonBitCount } from '../pieces/bit-count.ts'
import { Bitfield } from '../pieces/bitfield.ts'
import type { PieceLayout } from '../pieces/piece-layout.ts'
import type { FileSet } from './file-set.ts'
import type { TorrentFacts } from './metainfo.ts'

/** Which files are to be downloaded, and so which pieces. */
export class Selection {
  /** `null` selects everything. */
  readonly onlyFiles: FileSet | null
  /** Bytes of the selected pieces. */
  readonly totalBytes: number
  /** `null` where that is all of them. */
  readonly #pieces: Bitfield | null

  constructor(metainfo: TorrentFacts, onlyFiles: FileSet | null) {
    const { layout } = metainfo
    this.onlyFiles = onlyFiles
    this.#pieces = isWhole(metainfo, onlyFiles) ? null : selectedPieces(metainfo, onlyFiles)
    this.totalBytes =
      this.#pieces === null ? layout.length : bytesOf(layout, this.#pieces, this.#pieces)
  }

  includes(fileIndex: number): boolean {
    return this.onlyFiles?.has(fileIndex) ?? true
  }

  /** One bit for each piece of `metainfo`. */
  pieceBytes({ pieceCount }: TorrentFacts): Uint8Array {
    if (this.#pieces !== null) return this.#pieces.bytes
    return new Bitfield(pieceCount, new Uint8Array(Math.ceil(pieceCount / 8)).fill(0xff)).bytes
  }

  /** Verified bytes of the selected pieces. */
  progressBytes({ layout }: TorrentFacts, have: Bitfield): number {
    if (have.isFull) return this.totalBytes
    if (this.#pieces !== null) return bytesOf(layout, this.#pieces, have)
    return layout.lengthOfAll(have.count, { hasLast: have.has(layout.pieceCount - 1) })
  }

  isFinished(have: Bitfield): boolean {
    if (have.isFull) return true
    if (this.#pieces === null) return false
    const { bytes } = this.#pieces
    for (let byte = 0; byte < bytes.length; byte++) {
      const wanted = bytes[byte] ?? 0
      if ((wanted & (have.bytes[byte] ?? 0)) !== wanted) return false
    }
    return true
  }
}

/** Every piece has bytes of a selected file. */
function isWhole({ files }: TorrentFacts, onlyFiles: FileSet | null): boolean {
  return onlyFiles === null && !files.some(({ padding }) => padding)
}

function selectedPieces(
  { files, layout, pieceCount }: TorrentFacts,
  onlyFiles: FileSet | null,
): Bitfield {
  const pieces = new Bitfield(pieceCount)
  let next = 0
  for (const file of files) {
    if (file.padding || file.length === 0 || !(onlyFiles?.has(file.index) ?? true)) continue
    const first = layout.pieceAt(file.offset)
    const last = layout.pieceAt(file.offset + file.length - 1)
    for (next = Math.max(next, first); next <= last; next++) pieces.set(next)
  }
  return pieces
}

/** Bytes of the pieces that are set in both. Asked for with every look at the statistics. */
function bytesOf(layout: PieceLayout, a: Bitfield, b: Bitfield): number {
  const last = layout.pieceCount - 1
  const hasLast = a.has(last) && b.has(last)
  return layout.lengthOfAll(commonBitCount(a.bytes, b.bytes), { hasLast })
}

interface Progress {
  readonly changes: number
  readonly bytes: readonly number[]
}

const lastProgress = new WeakMap<Bitfield, Progress>()

/**
 * Verified bytes of each file, by index. Padding counts as verified. It is asked for every second, and
 * computed again where a piece came or went.
 */
export function fileProgress(metainfo: TorrentFacts, have: Bitfield): readonly number[] {
  // Quickly computed, and of most torrents: nothing is kept of it.
  if (have.isFull || have.count === 0) return verifiedBytes(metainfo, have)
  const last = lastProgress.get(have)
  if (last !== undefined && last.changes === have.changes) return last.bytes
  const bytes = verifiedBytes(metainfo, have)
  lastProgress.set(have, { changes: have.changes, bytes })
  return bytes
}

function verifiedBytes({ files, layout }: TorrentFacts, have: Bitfield): number[] {
  return files.map((file) => {
    if (have.isFull || file.length === 0) return file.length
    if (have.count === 0) return 0
    const end = file.offset + file.length
    let bytes = 0
    const last = layout.pieceAt(end - 1)
    for (let piece = layout.pieceAt(file.offset); piece <= last; piece++) {
      if (!have.has(piece)) continue
      bytes += Math.min(end, layout.endOf(piece)) - Math.max(file.offset, layout.startOf(piece))
    }
    return bytes
  })
}
