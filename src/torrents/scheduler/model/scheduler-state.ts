import type { BlockProvenance } from '../../pieces/block-provenance.ts'
import type { PieceLayout } from '../../pieces/piece-layout.ts'
import { type ThrottleShare, UNLIMITED } from '../../rates/throttle.ts'
import { BlockLedger, type LedgerObserver } from './block-ledger.ts'
import type { BlockRequest, RequestPurpose } from './block-request.ts'
import type { Clock } from './clock.ts'
import { Parole } from './parole.ts'
import { STARVING_QUEUE_MS, STEADY_QUEUE_MS } from './queue-limit.ts'
import { LARGE_PIECE_BYTES, SMALL_PIECE_BYTES } from './reader.ts'
import { Redundancy } from './redundancy.ts'
import { SampleBook } from './sample-book.ts'
import { ActionList } from './scheduler-action.ts'
import { SwarmPace } from './swarm-pace.ts'
import { WindowOrder } from './window-order.ts'
import type { Wire } from './wire.ts'

/** What has to be asked, and told, before bytes are requested. */
export type RequestBudget = Pick<ThrottleShare, 'mayTake' | 'take' | 'giveBack'>

/** What all parts of the scheduler look at, and the two things they do: request and cancel. */
export class SchedulerState implements Clock {
  /** The time that the scheduler was told last, and the only one in it; ms. */
  now = 0
  readonly layout: PieceLayout
  readonly provenance: BlockProvenance
  readonly ledger: BlockLedger
  readonly wires = new Map<number, Wire>()
  readonly parole = new Parole(
    (piece) => this.#isDeliverable(piece),
    (peer) => this.provenance.isOutvoted(peer),
  )
  readonly redundancy = new Redundancy()
  readonly order: WindowOrder
  readonly actions = new ActionList()
  readonly samples = new SampleBook()
  readonly budget: RequestBudget
  /** The store takes no more: only what somebody waits for is requested. */
  isStoreFull = false
  pace: SwarmPace
  /** Some reader has less than 2 MiB ahead of it. */
  isAnyStarving = false
  /** Somebody has a film open; what is only looked into is not waited for by anybody. */
  isWatched = false
  /** Peers can vouch for each other: at least two addresses that may be asked for samples. */
  canSample = false
  /** All who send contradict each other, and nobody is trusted: the hashes of whole pieces have to tell who lies. */
  isStandoff = false
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
    observer: Pick<LedgerObserver, 'begun' | 'untouched'>,
    budget: RequestBudget = UNLIMITED,
  ) {
    this.budget = budget
    this.layout = layout
    this.provenance = provenance
    this.pace = new SwarmPace([], provenance)
    this.ledger = new BlockLedger(layout, {
      begun: (piece) => observer.begun(piece),
      untouched: (piece) => observer.untouched(piece),
      unassigned: (index) => {
        this.order.reopen(index)
        this.workVersion++
      },
    })
    this.order = new WindowOrder({ ledger: this.ledger, provenance, clock: this })
  }

  /**
   * The first piece of a reader comes whole before the next: while no peer is trusted and none can
   * vouch for another, nothing else makes a block good for a viewer, large pieces aside, whose
   * blocks are fetched twice.
   */
  get isPieceFirst(): boolean {
    if (this.provenance.verification !== 'proven' || this.pace.trusted > 0) return false
    if (this.isStandoff) return true
    if (this.canSample && this.layout.pieceLength > SMALL_PIECE_BYTES) return false
    return this.layout.pieceLength <= LARGE_PIECE_BYTES || !this.hasTwoAddresses()
  }

  /** Are there two wires with different addresses that do not choke us? */
  hasTwoAddresses(): boolean {
    let first: string | null = null
    for (const wire of this.wires.values()) {
      if (wire.pieces.isChoked || wire.isBanned || wire.address === first) continue
      if (first !== null) return true
      first = wire.address
    }
    return false
  }

  /** Wires that deliver, and have not everything. */
  leechers(): readonly Wire[] {
    return [...this.wires.values()].filter(({ canBeAsked, isDelivering, pieces }) => {
      return canBeAsked && isDelivering && !pieces.isFull
    })
  }

  /** Can peers vouch for each other? `opposed`: there are several, and none ever agrees with another. */
  #whetherToSample(): 'no' | 'opposed' | 'yes' {
    if (this.provenance.verification !== 'proven') return 'no'
    const wires = [...this.wires.values()].filter((wire) => {
      return wire.canBeAsked && !wire.conduct.isSnubbed && this.samples.mayBeAsked(wire)
    })
    const delivering = wires.filter(({ isDelivering }) => isDelivering)
    // Once two have delivered, the others may be dead.
    const able = areAtOneAddress(delivering) ? wires : delivering
    if (areAtOneAddress(able)) return 'no'
    return this.#isAnyPairUseful(able) ? 'yes' : 'opposed'
  }

  #isAnyPairUseful(wires: readonly Wire[]): boolean {
    const { provenance } = this
    const credible = wires.filter(({ peer }) => !provenance.isOutvoted(peer))
    return credible.some((one, number) => {
      return credible.slice(number + 1).some((other) => {
        return other.address !== one.address && !provenance.areOpposed(one.peer, other.peer)
      })
    })
  }

  /** The wire that was asked. */
  #wireOf(request: BlockRequest): Wire {
    const wire = this.wires.get(request.wire.id)
    if (wire === undefined) throw new Error(`a request is left of wire ${request.wire.id}`)
    return wire
  }

  /** Looks at wires and readers anew, at the beginning of a plan. */
  observe(): void {
    this.pace = new SwarmPace(this.wires.values(), this.provenance)
    const sampling = this.#whetherToSample()
    this.canSample = sampling === 'yes'
    this.isStandoff = sampling === 'opposed' && this.pace.trusted === 0
    this.isAnyStarving = false
    this.isWatched = false
    let isHeadMissing = false
    for (const reader of this.order.readers) {
      if (reader.window.priority === 'viewer') this.isWatched = true
      reader.advance()
      if (reader.isStarving) this.isAnyStarving = true
      if (reader.isPrefetching && reader.playableFront < reader.endBlock) isHeadMissing = true
    }
    // Whoever has answered first would have a long queue otherwise, with blocks that a viewer begins with.
    const isHurried = this.isAnyStarving || (isHeadMissing && !this.isWatched)
    this.queueMs = isHurried ? STARVING_QUEUE_MS : STEADY_QUEUE_MS
  }

  /** Cuts the windows into ranges again where they, or the order of what is in them, have changed. */
  cutWindows(): void {
    const { isPieceFirst, order } = this
    const hasOtherOrder = order.size > 0 && isPieceFirst !== this.#wasPieceFirst
    this.#wasPieceFirst = isPieceFirst
    if (!order.isStale && !hasOtherOrder) return
    order.rebuild({ isPieceFirst })
    this.workVersion++
  }

  request(wire: Wire, index: number, purpose: RequestPurpose): void {
    const piece = this.layout.pieceOf(index)
    if (this.parole.asked(wire.peer, piece) && this.ledger.restart(piece)) {
      this.provenance.forget(piece)
      this.actions.discard(piece)
    }
    const request = this.ledger.request(wire, index, purpose)
    this.actions.request(request)
    this.budget.take(request.length)
    this.requestedBlocks++
  }

  /** The request is not outstanding any more; whether it was answered or not. */
  drop(wire: Wire, request: BlockRequest): void {
    this.ledger.drop(wire, request)
    this.budget.giveBack(request.length)
  }

  cancel(request: BlockRequest): void {
    const wire = this.#wireOf(request)
    this.drop(wire, request)
    if (request.isSent) wire.avoided.cancelled(request)
    this.actions.cancel(request)
    this.cancelledBlocks++
  }

  /** The oldest request of the wire for the block that was taken back lately and not answered; told once. */
  takeCancelled(wire: Wire, index: number): BlockRequest | null {
    const request = wire.avoided.takeCancelled(index)
    if (request !== null) this.actions.answered(request)
    return request
  }

  /** Cancels all requests for a block. */
  cancelHolders(index: number): void {
    let request = this.ledger.holdersOf(index)
    while (request !== null) {
      this.cancel(request)
      request = this.ledger.holdersOf(index)
    }
  }

  /** It is known that this peer lies: others may be asked again for what was thrown away as copies differed. */
  settleDisputes(liar: string): void {
    for (const { piece, block } of this.provenance.settleDisputes()) {
      const index = this.layout.firstBlockOf(piece) + block
      for (const wire of this.wires.values()) {
        if (wire.peer !== liar) wire.avoided.forgive(index, index + 1)
      }
    }
    this.workVersion++
  }

  /** What was kept for the wire's peer alone may come from others. */
  release(wire: Wire): void {
    if (this.parole.release(wire.peer)) this.workVersion++
  }

  #isDeliverable(piece: number): boolean {
    for (const wire of this.wires.values()) {
      if (!wire.isDelivering || this.parole.isLast(wire.peer)) continue
      if (wire.canBeAsked && wire.pieces.gives(piece)) return true
    }
    return false
  }
}

function areAtOneAddress(wires: readonly Wire[]): boolean {
  return wires.every(({ address }) => address === wires[0]?.address)
}
