import type { BlockProvenance } from '../../pieces/block-provenance.ts'
import type { PieceLayout } from '../../pieces/piece-layout.ts'
import { BlockLedger, type LedgerObserver } from './block-ledger.ts'
import type { BlockRequest, RequestPurpose } from './block-request.ts'
import { Parole } from './parole.ts'
import { STARVING_QUEUE_MS, STEADY_QUEUE_MS } from './queue-limit.ts'
import { ActionList } from './scheduler-action.ts'
import { LARGE_PIECE_BYTES } from './stream-window.ts'
import { SwarmPace } from './swarm-pace.ts'
import { Waste } from './waste.ts'
import { WindowOrder } from './window-order.ts'
import type { Wire } from './wire.ts'

/** What all parts of the scheduler look at, and the two things they do: request and cancel. */
export class SchedulerState {
  readonly layout: PieceLayout
  readonly provenance: BlockProvenance
  readonly ledger: BlockLedger
  readonly wires = new Map<number, Wire>()
  readonly parole = new Parole((piece) => this.#isDeliverable(piece))
  readonly waste = new Waste()
  readonly order: WindowOrder
  readonly actions = new ActionList()
  /** The store takes no more: only what somebody waits for is requested. */
  isStoreFull = false
  pace: SwarmPace
  /** Some reader has less than 2 MiB ahead of it. */
  isAnyStarving = false
  /** How long the queues of wires may be beyond their round trip; ms. */
  queueMs = STEADY_QUEUE_MS
  /** Rises whenever a wire that found nothing to do may find something again. */
  workVersion = 0
  /** When a block came last that had been asked for; ms. */
  receivedAt = Number.NEGATIVE_INFINITY
  requestedBlocks = 0
  cancelledBlocks = 0
  #wasPieceFirst = false

  constructor(
    layout: PieceLayout,
    provenance: BlockProvenance,
    observer: Pick<LedgerObserver, 'opened' | 'untouched'>,
  ) {
    this.layout = layout
    this.provenance = provenance
    this.pace = new SwarmPace([], provenance, 0)
    this.ledger = new BlockLedger(layout, {
      opened: (piece) => observer.opened(piece),
      untouched: (piece) => observer.untouched(piece),
      unassigned: (index) => {
        this.order.reopen(index)
        this.workVersion++
      },
    })
    this.order = new WindowOrder(this.ledger, provenance)
  }

  /** The latest time heard of; ms. */
  now = 0

  /**
   * The first piece of a reader comes whole before the next: while no address is trusted, nothing
   * else makes a block good for a viewer, large pieces aside, whose blocks are fetched twice.
   */
  get isPieceFirst(): boolean {
    if (this.provenance.verification !== 'proven' || this.pace.trusted > 0) return false
    return this.layout.pieceLength <= LARGE_PIECE_BYTES || !this.hasTwoAddresses()
  }

  /** Are there two wires with different addresses that do not choke us? */
  hasTwoAddresses(): boolean {
    let first: string | null = null
    for (const wire of this.wires.values()) {
      if (wire.isChoked || wire.isBanned || wire.address === first) continue
      if (first !== null) return true
      first = wire.address
    }
    return false
  }

  #isDeliverable(piece: number): boolean {
    for (const wire of this.wires.values()) {
      if (!wire.isDelivering || this.parole.isSlow(wire.peer)) continue
      if (wire.canBeAsked(this.now) && wire.gives(piece)) return true
    }
    return false
  }

  /** Do the wanted ranges have to be cut again? */
  isOrderStale(areWindowsNew: boolean): boolean {
    const before = this.#wasPieceFirst
    this.#wasPieceFirst = this.isPieceFirst
    return areWindowsNew || (this.order.size > 0 && before !== this.#wasPieceFirst)
  }

  /** Looks at wires and readers anew, at the beginning of a plan. */
  observe(now: number): void {
    this.pace = new SwarmPace(this.wires.values(), this.provenance, now)
    this.isAnyStarving = false
    for (const state of this.order.states) {
      state.advance()
      if (state.isStarving) this.isAnyStarving = true
    }
    this.queueMs = this.isAnyStarving ? STARVING_QUEUE_MS : STEADY_QUEUE_MS
  }

  request(wire: Wire, index: number, purpose: RequestPurpose, now: number): void {
    const piece = this.layout.pieceOf(index)
    if (this.parole.asked(wire.peer, piece) && this.ledger.restart(piece)) {
      this.provenance.forget(piece)
      this.actions.discard(piece)
    }
    this.actions.request(this.ledger.request(wire, index, purpose, now))
    this.requestedBlocks++
  }

  cancel(request: BlockRequest): void {
    this.ledger.drop(request)
    if (request.isSent) request.wire.cancelled(request, this.now)
    this.actions.cancel(request)
    this.cancelledBlocks++
  }

  /** What was kept for the wire's peer alone may come from others. */
  release(wire: Wire): void {
    if (this.parole.release(wire.peer)) this.workVersion++
  }

  /** Cancels all requests for a block. */
  cancelHolders(index: number): void {
    const piece = this.ledger.openPiece(this.layout.pieceOf(index))
    if (piece === null) return
    for (
      let request = piece.holders[index - piece.firstBlock] ?? null;
      request !== null;
      request = piece.holders[index - piece.firstBlock] ?? null
    ) {
      this.cancel(request)
    }
  }
}
