import type { Bitfield } from '../pieces/bitfield.ts'
import type { PieceLayout } from '../pieces/piece-layout.ts'
import { checkPieces } from '../store/piece-check.ts'
import type { PieceStore } from '../store/piece-store.ts'

export interface ContentCheckOptions {
  readonly layout: PieceLayout
  readonly store: PieceStore
  readonly have: Bitfield
  /** Pieces that have to be hashed before they are believed. */
  readonly inDoubt: readonly number[]
  /** Believed by the look of their files, and to be hashed all the same. */
  readonly samples: readonly number[]
  /** What viewers wait for. */
  readonly urgent: () => Iterable<number>
  readonly isClosed: () => boolean
  /** A piece in doubt is right. */
  readonly onFound: (piece: number) => void
  /** A piece that was believed is wrong. */
  readonly onWrong: (piece: number) => void
}

/** Hashes what a start found on the disk and may not believe. */
export class ContentCheck {
  readonly #options: ContentCheckOptions
  #checkedPieces: number
  #hasBegun = false

  constructor(options: ContentCheckOptions) {
    this.#options = options
    this.#checkedPieces = options.layout.pieceCount - options.inDoubt.length
  }

  /** There is something in doubt, and nobody hashes it yet. */
  get isWanted(): boolean {
    return this.#options.inDoubt.length > 0 && !this.#hasBegun
  }

  get isDone(): boolean {
    return this.#checkedPieces >= this.#options.layout.pieceCount
  }

  /** Bytes that need no more hashing. */
  get checkedBytes(): number {
    const { layout } = this.#options
    return Math.min(layout.lengthOfAll(this.#checkedPieces, { hasLast: false }), layout.length)
  }

  /** Hashes what is in doubt, once, first what viewers wait for. */
  async checkDoubtful(): Promise<void> {
    if (this.#hasBegun) return
    this.#hasBegun = true
    const { store, inDoubt, urgent, isClosed: isStopped, onFound } = this.#options
    await checkPieces({
      ...{ store, inDoubt, urgent, isStopped },
      onChecked: (piece, isValid) => {
        this.#checkedPieces++
        if (isValid) onFound(piece)
      },
    })
  }

  /** Hashes a few of the pieces that are believed. Rejects with DiskError where they cannot be read. */
  async checkSamples(): Promise<void> {
    const { store, have, samples, isClosed, onWrong } = this.#options
    for (const piece of samples) {
      if (isClosed()) return
      if (have.has(piece) && !(await store.check(piece))) onWrong(piece)
    }
  }
}
