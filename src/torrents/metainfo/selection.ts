import { Bitfield } from '../pieces/bitfield.ts'
import type { PieceLayout } from '../pieces/piece-layout.ts'
import type { FileSet } from './file-set.ts'
import type { TorrentFacts } from './metainfo.ts'

/** Which files are to be downloaded, and so which pieces. */
export class Selection {
  /** `null` selects everything. */
  readonly onlyFiles: FileSet | null
  readonly pieces: Bitfield
  /** Bytes of the selected pieces. */
  readonly totalBytes: number

  constructor(metainfo: TorrentFacts, onlyFiles: FileSet | null) {
    this.onlyFiles = onlyFiles
    this.pieces = new Bitfield(metainfo.pieceCount)
    const { layout } = metainfo
    let next = 0
    for (const file of metainfo.files) {
      if (file.padding || file.length === 0 || !this.includes(file.index)) continue
      const first = layout.pieceAt(file.offset)
      const last = layout.pieceAt(file.offset + file.length - 1)
      for (next = Math.max(next, first); next <= last; next++) this.pieces.set(next)
    }
    this.totalBytes = bytesOf(layout, this.pieces.bytes, this.pieces.bytes)
  }

  includes(fileIndex: number): boolean {
    return this.onlyFiles?.has(fileIndex) ?? true
  }

  /** Verified bytes of the selected pieces. */
  progressBytes(metainfo: TorrentFacts, have: Bitfield): number {
    if (have.isFull) return this.totalBytes
    return bytesOf(metainfo.layout, this.pieces.bytes, have.bytes)
  }

  isFinished(have: Bitfield): boolean {
    if (have.isFull) return true
    for (let byte = 0; byte < this.pieces.bytes.length; byte++) {
      const wanted = this.pieces.bytes[byte] ?? 0
      if ((wanted & (have.bytes[byte] ?? 0)) !== wanted) return false
    }
    return true
  }
}

const BITS_SET = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1
  return count
})

/** Bytes of the pieces that are set in both. Asked for with every look at the statistics. */
function bytesOf(layout: PieceLayout, a: Uint8Array, b: Uint8Array): number {
  let pieces = 0
  for (let byte = 0; byte < a.length; byte++) {
    pieces += BITS_SET[(a[byte] ?? 0) & (b[byte] ?? 0)] ?? 0
  }
  const last = layout.pieceCount - 1
  const hasLast = ((a[last >> 3] ?? 0) & (b[last >> 3] ?? 0) & (0x80 >> (last & 7))) !== 0
  return layout.lengthOfAll(pieces, { hasLast })
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
