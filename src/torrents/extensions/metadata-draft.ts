import { createHash } from 'node:crypto'
import { METADATA_PIECE_BYTES, pieceCountOf } from './ut-metadata.ts'

/** Hashed in one go: a few milliseconds. */
const SLICE_PIECES = 128

interface DraftPiece {
  readonly data: Uint8Array
  /** Id of the peer that it came from. */
  readonly sender: number
}

/** An info dictionary of a size that some peers claim, as far as it has arrived. */
export class MetadataDraft {
  readonly size: number
  readonly pieceCount: number
  readonly #pieces = new Map<number, DraftPiece>()
  #heldBytes = 0

  constructor(size: number) {
    this.size = size
    this.pieceCount = pieceCountOf(size)
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  get isWhole(): boolean {
    return this.#pieces.size === this.pieceCount
  }

  /** Ids. */
  get senders(): ReadonlySet<number> {
    return new Set(Array.from(this.#pieces.values(), ({ sender }) => sender))
  }

  has(piece: number): boolean {
    return this.#pieces.has(piece)
  }

  /** Keeps a copy of `data`. */
  add(piece: number, data: Uint8Array, sender: number): void {
    this.#pieces.set(piece, { data: new Uint8Array(data), sender })
    this.#heldBytes += data.length
  }

  /** Forgets what others than `sender` sent, or everything; returns the bytes that are free now. */
  keepOnly(sender: number | null): number {
    const before = this.#heldBytes
    for (const [piece, { data, sender: from }] of this.#pieces) {
      if (from === sender) continue
      this.#pieces.delete(piece)
      this.#heldBytes -= data.length
    }
    return before - this.#heldBytes
  }

  /**
   * The bytes where their SHA-1 is `infoHash` (hex); `null` where it is not. Lets the event loop run in
   * between. Nothing may be added or forgotten meanwhile.
   */
  async verify(infoHash: string): Promise<Uint8Array | null> {
    const hash = createHash('sha1')
    const bytes = Buffer.allocUnsafeSlow(this.size)
    for (let piece = 0; piece < this.pieceCount; piece++) {
      const kept = this.#pieces.get(piece)
      if (kept === undefined) return null
      const start = piece * METADATA_PIECE_BYTES
      bytes.set(kept.data, start)
      const data = bytes.subarray(start, start + kept.data.length)
      hash.update(data)
      // One copy is enough.
      this.#pieces.set(piece, { data, sender: kept.sender })
      if (piece % SLICE_PIECES === SLICE_PIECES - 1) await new Promise(setImmediate)
    }
    return hash.digest('hex') === infoHash ? bytes : null
  }
}
