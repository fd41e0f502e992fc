import { BLOCK_LENGTH } from '../pieces/block.ts'
import type { BlockRequest } from './model/block-request.ts'
import type { OpenPiece } from './model/downloading-piece.ts'
import type { SchedulerState } from './model/scheduler-state.ts'
import type { Wire } from './model/wire.ts'

/**
 * `fresh`: it was missing. `second`: it is here from another address, the caller compares.
 * `unwanted`: it is of no use any more. `unasked`: nobody asked for it, or there is no such block.
 */
export type Arrival = 'fresh' | 'second' | 'unwanted' | 'unasked'

/** Addresses whose copies of a block differ are not asked for it again before this is over; ms. */
const DOUBT_MS = 5_000
/**
 * So often a block is thrown away over copies that differ. Among liars who never agree it would be
 * for ever: then the hash of the whole piece decides.
 */
const MOST_DISPUTES = 2

/** Takes in what peers send. */
export class Arrivals {
  readonly #state: SchedulerState
  receivedBytes = 0
  /** Bytes of blocks that were here already, second copies that were asked for aside. */
  duplicateBytes = 0
  /** Bytes of second copies that were asked for. */
  copyBytes = 0

  constructor(state: SchedulerState) {
    this.#state = state
  }

  received(wire: Wire, piece: number, offset: number, length: number, now: number): Arrival {
    const { layout, ledger, provenance } = this.#state
    const block = offset / BLOCK_LENGTH
    if (!this.#isBlock(piece, block) || length !== layout.blockLength(piece, block)) {
      return this.#unasked(wire)
    }
    const index = layout.firstBlockOf(piece) + block
    const open = ledger.openPiece(piece)
    const request = open?.requestOf(block, wire) ?? null
    const answered = request ?? wire.takeCancelled(index)
    if (answered === null) return this.#unasked(wire)
    wire.answered(answered, now)
    this.#state.receivedAt = now
    if (ledger.have.has(piece)) {
      this.#duplicate(length)
      return 'unwanted'
    }
    if (open?.isHere(block)) return this.#again(wire, open, block, request, length)
    ledger.received(index)
    provenance.received(piece, block, wire.sender)
    this.receivedBytes += length
    this.#state.waste.fresh(length)
    const isCopied = this.#isCopied(open, block)
    if (request !== null) ledger.drop(request)
    // Where a second copy was asked for, it is still to come: it proves this one.
    if (!isCopied || provenance.isTrusted(wire.peer)) {
      this.#state.cancelHolders(index)
    }
    for (const state of this.#state.order.states) if (state.contains(index)) state.movedAt = now
    return 'fresh'
  }

  proven(piece: number, offset: number): void {
    const block = offset / BLOCK_LENGTH
    this.#state.provenance.prove(piece, block)
    this.#state.cancelHolders(this.#state.layout.firstBlockOf(piece) + block)
  }

  /** Could a third address send the block now, and would that settle it? */
  hasOther(piece: number, offset: number): boolean {
    const { ledger, now, provenance, wires } = this.#state
    const block = offset / BLOCK_LENGTH
    if (ledger.openPiece(piece) === null) return false
    if (provenance.disputesOf(piece, block) >= MOST_DISPUTES) return false
    for (const wire of wires.values()) {
      if (!wire.isDelivering || provenance.isFrom(piece, block, wire.address)) continue
      if (wire.canBeAsked(now) && wire.mayServe(piece)) return true
    }
    return false
  }

  discarded(piece: number, offset: number): void {
    const { ledger, now, provenance, wires } = this.#state
    const open = ledger.openPiece(piece)
    if (open === null) return
    const block = offset / BLOCK_LENGTH
    for (const wire of wires.values()) {
      if (!provenance.isFrom(piece, block, wire.address)) continue
      wire.avoid(open.firstBlock + block, now + DOUBT_MS, now)
    }
    provenance.dispute(piece, block)
    ledger.lost(open, block)
  }

  verified(piece: number): void {
    const { ledger, provenance } = this.#state
    provenance.forget(piece)
    const open = ledger.openPiece(piece)
    if (open !== null && open.requests > 0) {
      for (let block = 0; block < open.blockCount; block++) {
        this.#state.cancelHolders(open.firstBlock + block)
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
    wire.unasked++
    return 'unasked'
  }

  #duplicate(length: number): void {
    this.duplicateBytes += length
    this.#state.waste.duplicate(length)
  }

  #again(
    wire: Wire,
    open: OpenPiece,
    block: number,
    request: BlockRequest | null,
    length: number,
  ): Arrival {
    if (request !== null) this.#state.ledger.drop(request)
    if (request?.purpose === 'copy') this.copyBytes += length
    else this.#duplicate(length)
    const { provenance } = this.#state
    const { piece } = open
    if (provenance.isProven(piece, block)) return 'unwanted'
    if (provenance.senderOf(piece, block)?.address === wire.address) return 'unwanted'
    provenance.copied(piece, block, wire.address)
    return 'second'
  }

  #isCopied(open: OpenPiece | null, block: number): boolean {
    for (let r = open?.holders[block] ?? null; r !== null; r = r.nextHolder) {
      if (r.purpose === 'copy') return true
    }
    return false
  }
}
