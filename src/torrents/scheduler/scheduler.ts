import { Bitfield } from '../bitfield.ts'
import { BLOCK_LENGTH } from '../block.ts'
import type { Verification } from '../early-serving.ts'
import { type Arrival, Arrivals } from './arrivals.ts'
import { StreamAssignment } from './assignment.ts'
import { Availability } from './availability.ts'
import { BackgroundDownload } from './background.ts'
import { Duplication } from './duplication.ts'
import { Interest } from './interest.ts'
import { PieceLayout } from './piece-layout.ts'
import { RarityPool } from './rarity.ts'
import type { SchedulerAction } from './scheduler-action.ts'
import { SchedulerState } from './scheduler-state.ts'
import { LARGE_PIECE_BYTES, SecondCopies } from './second-copies.ts'
import { Silence } from './silence.ts'
import type { StreamWindow } from './stream-window.ts'
import { Wire, type WireFacts } from './wire.ts'
import { Yielding } from './yielding.ts'

export interface SchedulerOptions {
  /** Bytes. */
  readonly pieceLength: number
  /** Bytes of the whole torrent. */
  readonly length: number
  /** When a viewer may see a block whose piece has not been verified. */
  readonly verification: Verification
  /** From 0 to less than 1. */
  readonly random: () => number
  /** Bytes of pieces that the background download may have open; default 48 MiB. */
  readonly openBytesLimit?: number
}

export interface SchedulerStats {
  /** Blocks asked for and taken back since the beginning. */
  readonly requestedBlocks: number
  readonly cancelledBlocks: number
  /** Bytes that were missing. */
  readonly receivedBytes: number
  /** Bytes that were here already, and those asked for to compare. */
  readonly duplicateBytes: number
  readonly copyBytes: number
  /** At present. */
  readonly outstandingBlocks: number
  readonly openPieces: number
}

const DEFAULT_OPEN_BYTES = 48 * 1_048_576
/** A reader is waited for no longer, as long as nothing moves for it; ms. */
const STUCK_MS = 10_000
/** While a reader starves, its holders are judged so often; ms. */
const STARVING_TICK_MS = 20

/**
 * Decides which wire is asked for which block, and when. Knows no sockets and no clock: it is told
 * what happens and when, and `plan` answers with the messages to send. Times are ms, offsets bytes.
 */
export class BlockScheduler {
  /** When `plan` must be called again even if nothing happens; ms, infinite: never. */
  wakeAt = Number.POSITIVE_INFINITY
  readonly #state: SchedulerState
  readonly #availability: Availability
  readonly #arrivals: Arrivals
  readonly #assignment: StreamAssignment
  readonly #copies: SecondCopies
  readonly #duplication: Duplication
  readonly #background: BackgroundDownload
  readonly #yielding: Yielding
  readonly #silence: Silence
  readonly #interest: Interest
  #areWindowsNew = false
  #isPieceFirst = false

  constructor(options: SchedulerOptions) {
    const layout = new PieceLayout(options.pieceLength, options.length)
    const pool = new RarityPool(layout.pieceCount, options.random)
    this.#state = new SchedulerState(layout, options.verification, {
      opened: (piece) => pool.remove(piece),
      untouched: (piece) => this.#background.restore(piece),
    })
    this.#background = new BackgroundDownload(
      this.#state,
      pool,
      options.openBytesLimit ?? DEFAULT_OPEN_BYTES,
    )
    this.#availability = new Availability(pool, layout.pieceCount)
    this.#arrivals = new Arrivals(this.#state)
    this.#assignment = new StreamAssignment(this.#state)
    this.#copies = new SecondCopies(this.#state)
    this.#duplication = new Duplication(this.#state)
    this.#yielding = new Yielding(this.#state, (piece) => this.#background.isSelected(piece))
    this.#silence = new Silence(this.#state, (wire) => this.#background.release(wire))
    this.#interest = new Interest(this.#state, (wire) => this.#background.wantsFrom(wire))
  }

  wireOpened(id: number, facts: WireFacts, _now: number): void {
    const address = this.#state.trust.indexOf(facts.address)
    this.#state.wires.set(id, new Wire(id, address, facts, this.#state.layout.pieceCount))
    this.#interest.touchUrgently()
  }

  /** The peer has told its `reqq`. */
  wireLimited(id: number, requestLimit: number): void {
    const wire = this.#state.wires.get(id)
    if (wire !== undefined) wire.requestLimit = requestLimit
  }

  wireClosed(id: number, _now: number): void {
    const wire = this.#state.wires.get(id)
    if (wire === undefined) return
    this.#release(wire)
    this.#availability.remove(wire)
    this.#state.wires.delete(id)
  }

  /** `requestsDropped`: the peer has forgotten them, as it does without the fast extension. */
  wireChoked(id: number, _now: number, choke: { readonly requestsDropped: boolean }): void {
    const wire = this.#state.wires.get(id)
    if (wire === undefined) return
    wire.isChoked = true
    if (choke.requestsDropped) this.#release(wire)
    else this.#background.release(wire)
  }

  wireUnchoked(id: number, _now: number): void {
    const wire = this.#state.wires.get(id)
    if (wire === undefined) return
    wire.isChoked = false
    wire.refresh()
  }

  wireHave(id: number, piece: number): void {
    this.#withWire(id, (wire) => this.#availability.gained(wire, piece))
  }

  /** One bit for each piece, most significant first. */
  wireBitfield(id: number, pieces: Uint8Array): void {
    this.#withWire(id, (wire) => this.#availability.replace(wire, pieces))
  }

  wireHaveAll(id: number): void {
    const all = new Uint8Array(Math.ceil(this.#state.layout.pieceCount / 8)).fill(0xff)
    this.wireBitfield(id, all)
  }

  wireLost(id: number, piece: number): void {
    this.#withWire(id, (wire) => this.#availability.lost(wire, piece))
  }

  wireAllowedFast(id: number, piece: number): void {
    this.#withWire(id, (wire) => wire.allowedFast.add(piece))
  }

  blockReceived(id: number, piece: number, offset: number, length: number, now: number): Arrival {
    const wire = this.#state.wires.get(id)
    if (wire === undefined) return 'unwanted'
    return this.#arrivals.received(wire, piece, offset, length, now)
  }

  /** The request will not be answered. */
  requestRejected(id: number, piece: number, offset: number, now: number): void {
    const wire = this.#state.wires.get(id)
    const open = this.#state.ledger.openPiece(piece)
    if (wire === undefined || open === null) return
    const request = open.requestOf(offset / BLOCK_LENGTH, wire)
    if (request === null) return
    this.#state.ledger.drop(request)
    wire.rejected(request.index, now)
  }

  /** Two addresses have delivered the same bytes; no third copy is needed. */
  blockProven(piece: number, offset: number, now: number): void {
    const index = this.#state.layout.firstBlockOf(piece) + offset / BLOCK_LENGTH
    this.#state.ledger.proven(index)
    this.#state.cancelHolders(index, now)
  }
}
