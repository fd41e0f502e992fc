import type { Verification } from '../../pieces/early-serving.ts'
import type { BlockLedger } from './block-ledger.ts'
import { PROVEN } from './downloading-piece.ts'
import type { Trust } from './trust.ts'

/** Which blocks a viewer may see: the same rules by which the streams serve them. */
export class Playable {
  readonly #ledger: BlockLedger
  readonly #trust: Trust
  readonly #verification: Verification

  constructor(ledger: BlockLedger, trust: Trust, verification: Verification) {
    this.#ledger = ledger
    this.#trust = trust
    this.#verification = verification
  }

  /** Is a piece of no use to the reader before it has been verified? */
  isHashedOnly(window: { readonly verifiedOnly: boolean }): boolean {
    return this.#verification === 'off' || window.verifiedOnly
  }

  /** First block of `from` to `to` (exclusive) that may not be seen; `to` where all may. */
  firstUnplayable(from: number, to: number, window: { readonly verifiedOnly: boolean }): number {
    const { layout, have } = this.#ledger
    const isHashedOnly = this.isHashedOnly(window)
    let index = from
    while (index < to) {
      const piece = layout.pieceOf(index)
      const next = layout.firstBlockOf(piece + 1)
      if (!have.has(piece)) {
        if (isHashedOnly) return index
        const end = Math.min(to, layout.endBlockOf(piece))
        const stop = this.#firstUnplayableOf(piece, index, end)
        if (stop < end) return stop
      }
      index = next
    }
    return to
  }

  #firstUnplayableOf(piece: number, from: number, to: number): number {
    const open = this.#ledger.openPiece(piece)
    if (open === null) return from
    for (let index = from; index < to; index++) {
      const block = index - open.firstBlock
      if (!open.isHere(block)) return index
      if (this.#verification === 'always' || open.states[block] === PROVEN) continue
      if (!this.#trust.isTrusted(open.senderOf(block))) return index
    }
    return to
  }
}
