import { Bitfield } from './bitfield.ts'
import type { Metainfo } from './metainfo.ts'

/** Which files are to be downloaded, and so which pieces. */
export class Selection {
  /** `null` selects everything. */
  readonly onlyFiles: ReadonlySet<number> | null
  readonly pieces: Bitfield
  /** Bytes of the selected pieces. */
  readonly totalBytes: number

  constructor(metainfo: Metainfo, onlyFiles: readonly number[] | null) {
    this.onlyFiles = onlyFiles === null ? null : new Set(onlyFiles)
    this.pieces = new Bitfield(metainfo.pieceCount)
    for (const file of metainfo.files) {
      if (file.padding || file.length === 0 || !this.includes(file.index)) continue
      const first = Math.floor(file.offset / metainfo.pieceLength)
      const last = Math.floor((file.offset + file.length - 1) / metainfo.pieceLength)
      for (let piece = first; piece <= last; piece++) this.pieces.set(piece)
    }
    this.totalBytes = bytesOf(metainfo, this.pieces, (piece) => this.pieces.has(piece))
  }

  includes(fileIndex: number): boolean {
    return this.onlyFiles === null || this.onlyFiles.has(fileIndex)
  }

  /** Verified bytes of the selected pieces. */
  progressBytes(metainfo: Metainfo, have: Bitfield): number {
    if (have.isFull) return this.totalBytes
    return bytesOf(metainfo, have, (piece) => this.pieces.has(piece) && have.has(piece))
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

function bytesOf(metainfo: Metainfo, pieces: Bitfield, counts: (piece: number) => boolean): number {
  let bytes = 0
  for (let piece = 0; piece < pieces.length; piece++) {
    if (!counts(piece)) continue
    bytes += Math.min(metainfo.pieceLength, metainfo.length - piece * metainfo.pieceLength)
  }
  return bytes
}

/** Verified bytes of each file, by index. Pads count as there. */
export function fileProgress(metainfo: Metainfo, have: Bitfield): number[] {
  return metainfo.files.map((file) => {
    if (have.isFull || file.length === 0) return file.length
    const end = file.offset + file.length
    let bytes = 0
    const last = Math.floor((end - 1) / metainfo.pieceLength)
    for (let piece = Math.floor(file.offset / metainfo.pieceLength); piece <= last; piece++) {
      if (!have.has(piece)) continue
      const start = Math.max(file.offset, piece * metainfo.pieceLength)
      bytes += Math.min(end, (piece + 1) * metainfo.pieceLength) - start
    }
    return bytes
  })
}
