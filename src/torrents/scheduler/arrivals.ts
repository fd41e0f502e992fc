import { BLOCK_LENGTH } from '../pieces/block.ts'
import type { BlockRequest } from './model/block-request.ts'
import type { SchedulerState } from './model/scheduler-state.ts'
import type { Wire } from './model/wire.ts'
import type { Samples } from './viewers/samples.ts'

/**
 * `fresh`: it was missing. `second`: it is here from another address, the caller compares.
 * `unwanted`: it is of no use any more. `unasked`: nobody asked for it, or there is no such block.
 * `sample`: a stretch of a block, which the caller compares as well.
 */
export type Arrival = 'fresh' | 'second' | 'sample' | 'unwanted' | 'unasked'

/** A block as it came; offset and length in bytes of the piece. */
export interface ReceivedBlock {
  readonly piece: number
  readonly offset: number
  readonly length: number
}

/** Takes in what peers send. */
export class Arrivals {
  readonly #state: SchedulerState
  receivedBytes = 0
  /** Bytes of blocks that were here already, second copies that were asked for aside. */
  redundantBytes = 0
  /** Bytes of second copies and samples that were asked for. */
  copyBytes = 0
  readonly #samples: Samples

  constructor(state: SchedulerState, samples: Samples) {
    this.#state = state
    this.#samples = samples
  }

  received(wire: Wire, { piece, offset, length }: ReceivedBlock): Arrival {
    const { layout, ledger, provenance } = this.#state
    const block = offset / BLOCK_LENGTH
    if (this.#isSample(wire, { piece, offset, length })) return 'sample'
    if (!this.#isBlock(piece, block) || length !== layout.blockLength(piece, block)) {
      return this.#unasked(wire)
    }
    const index = layout.firstBlockOf(piece) + block
    const downloading = ledger.downloading(piece)
    const request = downloading?.requestOf(block, wire.id) ?? null
    const answered = request ?? this.#state.takeCancelled(wire, index)
    if (answered === null) return this.#unasked(wire)
    wire.answered(answered)
    this.#state.receivedAt = this.#state.now
    if (ledger.have.has(piece) || (request === null && this.#isOthers(wire, piece))) {
      this.#redundant(length)
      return 'unwanted'
    }
    if (downloading?.isHere(block)) {
      if (request !== null) this.#state.drop(wire, request)
      return this.#again(wire, answered, { isCopy: request?.purpose === 'copy' })
    }
    ledger.received(index)
    provenance.received(piece, block, wire.sender)
    this.#samples.blockReceived(index)
    this.receivedBytes += length
    this.#state.redundancy.received(length)
    const isCopied = downloading?.isCopied(block) ?? false
    if (request !== null) this.#state.drop(wire, request)
    // Where a second copy was asked for, it is still to come: it proves this one.
    if (!isCopied || provenance.isTrusted(wire.peer)) {
      this.#state.cancelHolders(index)
    }
    for (const reader of this.#state.order.readers) reader.received(index)
    return 'fresh'
  }

  /** It was taken back, as the piece, or whatever the peer sends, is to come from others. */
  #isOthers({ peer }: Wire, piece: number): boolean {
    const { parole, provenance } = this.#state
    return provenance.isOutvoted(peer) || (parole.holderOf(piece) ?? peer) !== peer
  }

  #isSample(wire: Wire, { piece, offset, length }: ReceivedBlock): boolean {
    if (wire.samples === 0 || offset % BLOCK_LENGTH === 0) return false
    const sample = this.#state.samples.take(wire, piece, offset)
    if (sample === null || sample.length !== length) return false
    wire.hasGivenSamples = true
    this.copyBytes += length
    this.#samples.answered(sample)
    return true
  }

  /** The piece is right: what is still under way of it is taken back. */
  verified(piece: number): void {
    const { layout, ledger, provenance, samples } = this.#state
    provenance.forget(piece)
    samples.forget(layout.firstBlockOf(piece), layout.endBlockOf(piece))
    const downloading = ledger.downloading(piece)
    if (downloading !== null && downloading.requests > 0) {
      for (let block = 0; block < downloading.blockCount; block++) {
        this.#state.cancelHolders(downloading.firstBlock + block)
      }
    }
    ledger.verified(piece)
  }

  #isBlock(piece: number, block: number): boolean {
    const { layout } = this.#state
    if (!Number.isInteger(block) || block < 0) return false
    return layout.isPiece(piece) && block < layout.blocksIn(piece)
  }

  #unasked(wire: Wire): Arrival {
    wire.conduct.receivedUnasked()
    return 'unasked'
  }

  #redundant(length: number): void {
    this.redundantBytes += length
    this.#state.redundancy.redundant(length)
  }

  /** A block that is here already. `isCopy`: it was asked for to compare. */
  #again(
    wire: Wire,
    { block, length, piece }: BlockRequest,
    { isCopy }: { readonly isCopy: boolean },
  ): Arrival {
    const { provenance } = this.#state
    if (isCopy) this.copyBytes += length
    else this.#redundant(length)
    if (provenance.isProven(piece, block)) return 'unwanted'
    if (provenance.senderOf(piece, block)?.address === wire.address) return 'unwanted'
    provenance.copied(piece, block, wire.address)
    return 'second'
  }
}
