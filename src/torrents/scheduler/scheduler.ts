import { BLOCK_LENGTH } from '../pieces/block.ts'
import type { BlockProvenance, Sender } from '../pieces/block-provenance.ts'
import type { PieceLayout } from '../pieces/piece-layout.ts'
import { type Arrival, Arrivals, type ReceivedBlock } from './arrivals.ts'
import { Availability } from './background/availability.ts'
import { BackgroundDownload } from './background/background.ts'
import { RarestFirst } from './background/rarest-first.ts'
import { Blame } from './blame.ts'
import { Comparisons } from './comparisons.ts'
import { IdleLook } from './idle-look.ts'
import { giveUpPiece, losePieces } from './lost-pieces.ts'
import type { SchedulerAction } from './model/scheduler-action.ts'
import { type RequestBudget, SchedulerState } from './model/scheduler-state.ts'
import type { StreamWindow } from './model/stream-window.ts'
import { nextPlanAt } from './next-plan.ts'
import { Rejections } from './rejections.ts'
import { type SchedulerStats, statsOf } from './scheduler-stats.ts'
import { SlowHolders } from './slow-holders.ts'
import { Snubbing } from './snubbing.ts'
import { Assignment } from './viewers/assignment.ts'
import { Duplication } from './viewers/duplication.ts'
import { Samples } from './viewers/samples.ts'
import { SecondCopies } from './viewers/second-copies.ts'
import { Standoff } from './viewers/standoff.ts'
import { isAnyoneStarving } from './viewers/starvation.ts'
import { Yielding } from './viewers/yielding.ts'
import { WireChanges } from './wire-changes.ts'

export interface SchedulerOptions {
  readonly layout: PieceLayout
  /** What a viewer may see, shared with the streams that show it. The scheduler keeps it. */
  readonly provenance: BlockProvenance
  /** From 0 to less than 1. */
  readonly random: () => number
  /** Bytes of pieces that may be downloading in the background; default 48 MiB. */
  readonly backgroundBytesLimit?: number
  /** What may be requested at all; default without limit. It hears of requests, not of blocks. */
  readonly budget?: RequestBudget
}

const DEFAULT_BACKGROUND_BYTES = 48 * 1_048_576

/**
 * Decides which wire is asked for which block, and when. Knows no sockets and no clock: it is told
 * what happens and when, and `plan` answers with the messages to send. Times are ms, offsets bytes.
 */
export class BlockScheduler {
  /** When `plan` must be called again even if nothing happens; ms, infinite: never. */
  wakeAt = Number.POSITIVE_INFINITY
  /** To be told what peers tell of themselves. */
  readonly wires: WireChanges
  /** To be told what copies of blocks show. */
  readonly comparisons: Comparisons
  readonly #state: SchedulerState
  readonly #arrivals: Arrivals
  readonly #assignment: Assignment
  readonly #copies: SecondCopies
  readonly #samples: Samples
  readonly #standoff: Standoff
  readonly #duplication: Duplication
  readonly #background: BackgroundDownload
  readonly #yielding: Yielding
  readonly #snubbing: Snubbing
  readonly #blame: Blame
  readonly #rejections: Rejections
  readonly #slowHolders: SlowHolders
  readonly #idleLook: IdleLook
  #mayBeUnwanted = false

  constructor(options: SchedulerOptions) {
    const { layout, provenance, random, budget } = options
    const bytesLimit = options.backgroundBytesLimit ?? DEFAULT_BACKGROUND_BYTES
    const rarest = new RarestFirst(layout.pieceCount, random)
    const observer = {
      begun: (piece: number) => rarest.remove(piece),
      untouched: (piece: number) => this.#background.restore(piece),
    }
    this.#state = new SchedulerState(layout, provenance, observer, budget)
    this.#background = new BackgroundDownload(this.#state, rarest, bytesLimit)
    this.#samples = new Samples(this.#state, random)
    this.#standoff = new Standoff(this.#state)
    this.#arrivals = new Arrivals(this.#state, this.#samples)
    this.comparisons = new Comparisons(this.#state)
    this.#assignment = new Assignment(this.#state)
    this.#copies = new SecondCopies(this.#state)
    this.#duplication = new Duplication(this.#state)
    this.#yielding = new Yielding(this.#state, (piece) => this.#background.isSelected(piece))
    this.#snubbing = new Snubbing(this.#state, (wire) => {
      this.#background.release(wire)
      this.#state.release(wire)
    })
    this.#blame = new Blame(this.#state, (wire) => this.wires.release(wire))
    this.wires = new WireChanges({
      ...{ state: this.#state, background: this.#background, blame: this.#blame },
      availability: new Availability(rarest, layout.pieceCount),
    })
    this.#rejections = new Rejections(this.#state)
    this.#slowHolders = new SlowHolders(this.#state)
    this.#idleLook = new IdleLook(this.#state)
  }

  /** Wires whose peer has a piece. */
  holderCount(piece: number): number {
    let count = 0
    for (const { pieces } of this.#state.wires.values()) if (pieces.has(piece)) count++
    return count
  }

  /** Wires whose peer has all pieces. */
  get seederCount(): number {
    let count = 0
    for (const { pieces } of this.#state.wires.values()) if (pieces.isFull) count++
    return count
  }

  /** The wire sends so much that nobody asked for that it should be closed. */
  isFlooding(id: number): boolean {
    return this.#state.wires.get(id)?.conduct.isFlooding ?? false
  }

  /** Who sends on the wire; `undefined` once it is closed. */
  senderOf(id: number): Sender | undefined {
    return this.#state.wires.get(id)?.sender
  }

  /** What the wire has been asked for takes it so long; ms. */
  isBusyFor(id: number, ms: number): boolean {
    const wire = this.#state.wires.get(id)
    return wire !== undefined && wire.queue.size * wire.timing.blockMs >= ms
  }

  blockReceived(id: number, block: ReceivedBlock, now: number): Arrival {
    this.#state.now = now
    const wire = this.#state.wires.get(id)
    return wire === undefined ? 'unwanted' : this.#arrivals.received(wire, block)
  }

  /** The request will not be answered. False where there is no such request. */
  requestRejected(id: number, piece: number, offset: number, now: number): boolean {
    this.#state.now = now
    return this.#rejections.rejected(id, piece, offset)
  }

  /** What was fetched of the piece is right, and its senders are trusted from now on. */
  pieceVerified(piece: number): void {
    this.#blame.verified(piece)
    this.pieceFound(piece)
  }

  /** The piece is on the disk, whoever sent it. */
  pieceFound(piece: number): void {
    this.#arrivals.verified(piece)
    this.#state.parole.verified(piece)
    // Room for another piece in the background: wires that found none may find one now.
    this.#state.workVersion++
  }

  /** The piece was wrong: all of its blocks are missing again, and its senders are suspects. */
  pieceFailed(piece: number): void {
    this.#blame.failed(piece)
  }

  /** Nothing is asked of the peer (`ip:port`) any more, and others at its address are on parole. */
  peerBanned(peer: string): void {
    this.#blame.banned(peer)
  }

  /** The pieces that are verified, most significant bit first. What was being downloaded is forgotten. */
  setHave(pieces: Uint8Array): void {
    for (const wire of this.#state.wires.values()) {
      for (const request of wire.queue.toArray()) this.#state.cancel(request)
    }
    this.#state.ledger.reset(pieces)
    this.#background.reselect()
    this.#state.order.outdate()
  }

  /** Blocks of a piece that has been begun which are not here; `null` where it is untouched or verified. */
  missingBlocks(piece: number): number | null {
    return this.#state.ledger.downloading(piece)?.missing ?? null
  }

  /** Verified pieces are missing again; what is being downloaded goes on. */
  piecesLost(pieces: readonly number[]): void {
    losePieces(this.#state, pieces)
  }

  /** What is here of a piece is thrown away, and what was asked for is taken back. */
  pieceGivenUp(piece: number): void {
    giveUpPiece(this.#state, piece)
  }

  /** All open streams; one that is not among them is closed. */
  setWindows(windows: readonly StreamWindow[], now: number): void {
    this.#state.now = now
    if (this.#state.order.set(windows) === 'other') this.#mayBeUnwanted = true
  }

  /** Pieces to be downloaded whether or not somebody streams them; `null`: none. */
  setSelected(pieces: Uint8Array | null): void {
    this.#background.select(pieces)
    this.#mayBeUnwanted = true
    this.#state.workVersion++
  }

  /** Limit of what is downloaded for nobody; infinite: none, 0: nothing. */
  setBackgroundRate(bytesPerSecond: number): void {
    if (this.#background.setRate(bytesPerSecond)) this.#yielding.dropBackground()
  }

  /** While the store is full, only what somebody waits for is requested. */
  setWriteBackpressure({ isFull }: { readonly isFull: boolean }): void {
    this.#state.isStoreFull = isFull
    this.#state.workVersion++
  }

  /** How far windows have to reach at least, as of the last plan, for it to be found out who lies. */
  get reachBytes(): number {
    return this.#standoff.reachBytes
  }

  /** Everything that should be sent now, in this order. */
  plan(now: number): readonly SchedulerAction[] {
    const state = this.#state
    state.now = now
    state.observe()
    this.#snubbing.snub()
    this.#slowHolders.relieve()
    this.#idleLook.look()
    this.#standoff.divide()
    state.cutWindows()
    if (this.#mayBeUnwanted) this.#yielding.dropUnwanted()
    this.#mayBeUnwanted = false
    this.#yielding.makeWay()
    this.#yielding.shorten()
    this.#copies.request()
    this.#assignment.assign()
    this.#duplication.request()
    this.#samples.request()
    this.#background.fill()
    const idleAt = this.#idleLook.wakeAt(this.#background)
    this.wakeAt = nextPlanAt(state, [this.#snubbing.wakeAt, this.#background.wakeAt, idleAt])
    return state.actions.take()
  }

  /**
   * Is some viewer about to have nothing to watch, although a peer that does not choke us has what
   * it needs and something has moved for it in the last 10 s?
   */
  starving(now: number): boolean {
    this.#state.now = now
    return isAnyoneStarving(this.#state)
  }

  /** What a wire has been asked for and has not answered, with how many were asked for the block. */
  *outstandingOf(id: number): Iterable<{ piece: number; offset: number; holders: number }> {
    for (const request of this.#state.wires.get(id)?.queue.toArray() ?? []) {
      const { piece, block, index } = request
      let holders = 0
      for (let one = this.#state.ledger.holdersOf(index); one !== null; one = one.nextHolder) {
        holders++
      }
      yield { piece, offset: block * BLOCK_LENGTH, holders }
    }
  }

  stats(): SchedulerStats {
    return statsOf(this.#state, this.#arrivals)
  }
}
