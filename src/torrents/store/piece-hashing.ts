import { createHash, type Hash } from 'node:crypto'
import { BLOCK_LENGTH } from '../pieces/block.ts'
import type { PieceLayout } from '../pieces/piece-layout.ts'
import type { DiskFiles } from './disk-files.ts'

const READ_BYTES = 1024 * 1024
const HASH_BYTES = 20

interface Progress {
  readonly hash: Hash
  /** Bytes of the piece that are in `hash`. */
  hashedTo: number
}

/** Hashes the pieces of one torrent, in order while they are written where that is possible. */
export class PieceHashing {
  readonly #files: DiskFiles
  readonly #layout: PieceLayout
  readonly #pieceHashes: Uint8Array
  readonly #progress = new Map<number, Progress>()

  constructor(files: DiskFiles, layout: PieceLayout, pieceHashes: Uint8Array) {
    this.#files = files
    this.#layout = layout
    this.#pieceHashes = pieceHashes
  }

  /** Takes bytes just written into the running hash if they continue it. */
  append(piece: number, offset: number, data: Uint8Array): void {
    // A piece that starts again (its first try was wrong, or given up) starts its hash again.
    const known = offset === 0 ? undefined : this.#progress.get(piece)
    const hashedTo = known?.hashedTo ?? 0
    // What is written over has been hashed: all is read again in the end.
    if (offset < hashedTo) this.#progress.delete(piece)
    if (offset !== hashedTo) return
    const progress = known ?? { hash: createHash('sha1'), hashedTo: 0 }
    progress.hash.update(data)
    progress.hashedTo += data.length
    this.#progress.set(piece, progress)
  }

  /** Ends the running hash of a piece, reading the rest of it from the disk. */
  finish(piece: number): boolean {
    const { hash, hashedTo } = this.#progress.get(piece) ?? {
      hash: createHash('sha1'),
      hashedTo: 0,
    }
    this.#progress.delete(piece)
    return this.#readInto(hash, piece, hashedTo) && this.#isRight(piece, hash)
  }

  /** Hashes a piece from the disk alone. */
  check(piece: number): boolean {
    const hash = createHash('sha1')
    return this.#readInto(hash, piece, 0) && this.#isRight(piece, hash)
  }

  /** 48 bits of each block's own hash: enough to tell which of two deliveries differ. */
  blockDigests(piece: number): Float64Array {
    const layout = this.#layout
    const block = new Uint8Array(BLOCK_LENGTH)
    const digests = new Float64Array(layout.blocksIn(piece))
    for (let index = 0; index < digests.length; index++) {
      const part = block.subarray(0, layout.blockLength(piece, index))
      const isThere = this.#files.read(layout.startOf(piece) + index * BLOCK_LENGTH, part)
      digests[index] = isThere ? createHash('sha1').update(part).digest().readUIntBE(0, 6) : -1
    }
    return digests
  }

  #readInto(hash: Hash, piece: number, from: number): boolean {
    const start = this.#layout.startOf(piece)
    const length = this.#layout.lengthOf(piece)
    const buffer = new Uint8Array(Math.min(READ_BYTES, Math.max(0, length - from)))
    for (let offset = from; offset < length; offset += buffer.length) {
      const part = buffer.subarray(0, Math.min(buffer.length, length - offset))
      if (!this.#files.read(start + offset, part)) return false
      hash.update(part)
    }
    return true
  }

  #isRight(piece: number, hash: Hash): boolean {
    const expected = this.#pieceHashes.subarray(piece * HASH_BYTES, (piece + 1) * HASH_BYTES)
    return hash.digest().equals(expected)
  }
}
