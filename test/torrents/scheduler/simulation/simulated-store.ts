import type { PieceLayout } from '../../../../src/torrents/pieces/piece-layout.ts'

interface StoredPiece {
  missing: number
  /** Address that sent each block; undefined: not here. */
  readonly senders: (string | undefined)[]
  readonly bad: boolean[]
  readonly proven: boolean[]
}

/** What has arrived, and which of it a viewer may see. */
export class SimulatedStore {
  readonly layout: PieceLayout
  readonly verification: 'proven' | 'always' | 'off'
  readonly verified: Uint8Array
  readonly trusted = new Set<string>()
  verifiedCount = 0
  #pieces = new Map<number, StoredPiece>()

  constructor(layout: PieceLayout, verification: 'proven' | 'always' | 'off') {
    this.layout = layout
    this.verification = verification
    this.verified = new Uint8Array(layout.pieceCount)
  }

  piece(piece: number): StoredPiece | undefined {
    return this.#pieces.get(piece)
  }

  put(piece: number, block: number, sender: string, isBad: boolean): StoredPiece {
    let stored = this.#pieces.get(piece)
    if (stored === undefined) {
      const missing = this.layout.blocksIn(piece)
      stored = { missing, senders: [], bad: [], proven: [] }
      this.#pieces.set(piece, stored)
    }
    if (stored.senders[block] === undefined) stored.missing--
    stored.senders[block] = sender
    stored.bad[block] = isBad
    return stored
  }

  discard(piece: number, block: number): void {
    const stored = this.#pieces.get(piece)
    if (stored?.senders[block] === undefined) return
    stored.senders[block] = undefined
    stored.proven[block] = false
    stored.missing++
  }

  verify(piece: number): void {
    this.verified[piece] = 1
    this.verifiedCount++
    this.#pieces.delete(piece)
  }

  fail(piece: number): void {
    this.#pieces.delete(piece)
  }

  /** May a viewer see the block now? */
  isPlayable(index: number, verifiedOnly: boolean): boolean {
    const piece = this.layout.pieceOf(index)
    if (this.verified[piece] === 1) return true
    if (verifiedOnly || this.verification === 'off') return false
    const block = index - this.layout.firstBlockOf(piece)
    const stored = this.#pieces.get(piece)
    const sender = stored?.senders[block]
    if (stored === undefined || sender === undefined) return false
    if (this.verification === 'always') return true
    return stored.proven[block] === true || this.trusted.has(sender)
  }
}
