import { Bitfield } from '../../pieces/bitfield.ts'
import type { OpenPiece } from '../model/downloading-piece.ts'
import { backgroundQueueLimit, queueLimit } from '../model/queue-limit.ts'
import type { SchedulerState } from '../model/scheduler-state.ts'
import { nextBlockFor } from '../model/window-order.ts'
import type { Wire } from '../model/wire.ts'
import { BackgroundTail } from './end-game.ts'
import type { RarityPool } from './rarest-first.ts'
import { TokenBucket } from './token-bucket.ts'

const NOTHING = -1
/** So many pieces may be open whatever their size: one coming in, one being written. */
const FEWEST_OPEN_PIECES = 2
/** While nobody streams, a queue is filled up once so much of it is free: fewer, larger writes. */
const REFILL_SHARE = 1 / 4

/**
 * Downloads the selected pieces while nobody waits for anything: rarest first, each piece from one
 * wire in order where possible, what has been begun before anything new.
 */
export class BackgroundDownload {
  readonly #state: SchedulerState
  readonly #pool: RarityPool
  readonly #openBytesLimit: number
  readonly #rate = new TokenBucket()
  readonly #tail: BackgroundTail
  #selected: Bitfield | null = null
  #bytesPerSecond = Number.POSITIVE_INFINITY
  #tailAt = Number.POSITIVE_INFINITY
  /** The piece that each wire downloads at present. */
  readonly #current = new Map<Wire, OpenPiece>()

  constructor(state: SchedulerState, pool: RarityPool, openBytesLimit: number) {
    this.#state = state
    this.#pool = pool
    this.#tail = new BackgroundTail(state)
    const fewest = FEWEST_OPEN_PIECES * state.layout.pieceLength
    this.#openBytesLimit = Math.max(openBytesLimit, fewest)
  }

  /** When there may be more to do than now without anything happening; ms. */
  get wakeAt(): number {
    return Math.min(this.#rate.refillsAt, this.#tailAt)
  }

  /** Is something selected that is missing? */
  get isUnfinished(): boolean {
    return this.#selected !== null && (this.#pool.size > 0 || this.#state.ledger.openCount > 0)
  }

  /** One bit for each piece, most significant first; `null`: nothing. */
  select(pieces: Uint8Array | null): void {
    const { layout } = this.#state
    this.#selected = pieces === null ? null : new Bitfield(layout.pieceCount, pieces)
    this.reselect()
  }

  /** Builds the pool again from what is selected and missing. */
  reselect(): void {
    const { layout, ledger } = this.#state
    this.#current.clear()
    for (let piece = 0; piece < layout.pieceCount; piece++) {
      const isOpen = ledger.openPiece(piece) !== null
      if (this.isSelected(piece) && !ledger.have.has(piece) && !isOpen) this.#pool.add(piece)
      else this.#pool.remove(piece)
    }
    for (const open of ledger.unfinished) open.owner = null
  }

  /** True where it has to go on much more slowly than before. */
  setRate(bytesPerSecond: number): boolean {
    const before = this.#bytesPerSecond
    this.#bytesPerSecond = bytesPerSecond
    this.#rate.setRate(bytesPerSecond)
    return bytesPerSecond < before / 2
  }

  isSelected(piece: number): boolean {
    return this.#selected?.has(piece) ?? false
  }

  /** The piece is untouched again. */
  restore(piece: number): void {
    if (this.isSelected(piece)) this.#pool.add(piece)
  }

  /** The wire no longer downloads. */
  release(wire: Wire): void {
    const open = this.#current.get(wire)
    if (open?.owner === wire) open.owner = null
    this.#current.delete(wire)
  }

  fill(now: number): void {
    const { isStoreFull, order, pace, queueMs } = this.#state
    this.#tailAt = Number.POSITIVE_INFINITY
    if (!this.isUnfinished || isStoreFull) return
    this.#rate.refill(now)
    const isUnhurried = order.size === 0
    const idle: Wire[] = []
    for (const wire of this.#byPatience()) {
      if (this.#rate.isEmpty) return
      if (!wire.canBeAsked(now)) continue
      const limit = isUnhurried ? backgroundQueueLimit(wire, pace) : queueLimit(wire, pace, queueMs)
      const room = limit - wire.queue.size
      if (room < (isUnhurried ? Math.max(1, limit * REFILL_SHARE) : 1)) continue
      if (!this.#fillWire(wire, limit, now)) idle.push(wire)
    }
    this.#tailAt = this.#tail.takeOver(idle, now)
  }

  /** Whoever has been silent often comes last: the dead must not take turns with what is left. */
  #byPatience(): readonly Wire[] {
    const wires = [...this.#state.wires.values()]
    return wires.some(({ isSilent }) => isSilent)
      ? wires.sort((one, other) => one.silences - other.silences)
      : wires
  }

  /** False where there was not enough for it. */
  #fillWire(wire: Wire, limit: number, now: number): boolean {
    const { ledger, layout, workVersion } = this.#state
    if (wire.exhaustedInBackgroundAt === workVersion) return false
    while (wire.queue.size < limit && !this.#rate.isEmpty) {
      const index = this.#nextBlock(wire, now)
      if (index < 0) {
        if (!wire.hasAvoided(now)) wire.exhaustedInBackgroundAt = workVersion
        return false
      }
      this.#state.request(wire, index, 'background', now)
      const open = ledger.openPiece(layout.pieceOf(index))
      if (open === null) return true
      this.#rate.take(open.blockLength(index - open.firstBlock))
      if (open.unassigned > 0 && open.owner === null) this.#own(wire, open)
    }
    return true
  }

  #own(wire: Wire, open: OpenPiece): void {
    open.owner = wire
    this.#current.set(wire, open)
  }

  #nextBlock(wire: Wire, now: number): number {
    const current = this.#current.get(wire)
    if (current !== undefined) {
      const index = this.#blockIn(current, wire, now)
      if (index >= 0) return index
      this.release(wire)
    }
    const orphan = this.#begunFor(wire, now, (open) => open.owner === null)
    if (orphan >= 0) return orphan
    const fresh = this.#openFor(wire, now)
    return fresh >= 0 ? fresh : this.#begunFor(wire, now, () => true)
  }

  #begunFor(wire: Wire, now: number, accepts: (open: OpenPiece) => boolean): number {
    for (const open of this.#state.ledger.unfinished) {
      if (!accepts(open) || !this.isSelected(open.piece)) continue
      const index = this.#blockIn(open, wire, now)
      if (index >= 0) return index
    }
    return NOTHING
  }

  /** First block of the rarest piece, which it opens; -1 where none may be opened. */
  #openFor(wire: Wire, now: number): number {
    const { ledger, layout, order } = this.#state
    const over = ledger.backgroundBytes + layout.pieceLength - this.#openBytesLimit
    if (over > 0 && over > this.#strandedBytes(now)) return NOTHING
    const piece = this.#pool.find((candidate) => {
      return wire.mayServe(candidate) && !order.coversPiece(candidate)
    })
    if (piece < 0) return NOTHING
    ledger.openInBackground(piece)
    return layout.firstBlockOf(piece)
  }

  /**
   * Of pieces that have been begun and nobody can go on with, as those who had them have left. They
   * must not keep others from being downloaded.
   */
  #strandedBytes(now: number): number {
    const wires = [...this.#state.wires.values()].filter((wire) => wire.canBeAsked(now))
    let bytes = 0
    for (const { isBackground, length, piece, requests } of this.#state.ledger.unfinished) {
      if (!isBackground || requests > 0) continue
      if (!wires.some((wire) => wire.mayServe(piece))) bytes += length
    }
    return bytes
  }

  #blockIn(open: OpenPiece, wire: Wire, now: number): number {
    const { ledger, order } = this.#state
    if (open.unassigned === 0 || order.coversPiece(open.piece)) return NOTHING
    return nextBlockFor(wire, ledger, open.firstBlock, open.firstBlock + open.blockCount, now)
  }
}
