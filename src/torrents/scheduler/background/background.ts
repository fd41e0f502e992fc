import { Bitfield } from '../../pieces/bitfield.ts'
import { BLOCK_LENGTH } from '../../pieces/block.ts'
import type { DownloadingPiece } from '../model/downloading-piece.ts'
import { backgroundQueueLimit, ownQueueLimit, queueLimit } from '../model/queue-limit.ts'
import type { SchedulerState } from '../model/scheduler-state.ts'
import type { Wire } from '../model/wire.ts'
import { EndGame } from './end-game.ts'
import type { RarestFirst } from './rarest-first.ts'
import { TokenBucket } from './token-bucket.ts'

const NOTHING = -1
/** So many pieces may be downloading whatever their size: one coming in, one being written. */
const FEWEST_PIECES = 2
/**
 * A wire that would need longer for a piece of its own helps with those that have been begun: a piece is of
 * no use, to us or to others, before it is whole; ms.
 */
const SHARED_MS = 2_000
/** A queue that will last for so long, as its wire has become slower, is cut; ms. */
const TOO_LONG_MS = 10_000
/**
 * A peer that chokes us may let us go on at once when we say again that we are interested, as libtorrent does with whoever it is
 * slowest with: what it gives to those it chokes would then come before the film; ms.
 */
const CHOKE_MS = 2_000
/** So many slow leechers help each other with one piece, where so many give it. */
const MOST_GIVERS = 4
/** While nobody streams, a queue is filled up once so much of it is free: fewer, larger writes. */
const REFILL_SHARE = 1 / 4

/**
 * Downloads the selected pieces while nobody waits for anything: rarest first, each piece from one
 * wire in order unless that is slow, what has been begun before anything new.
 */
export class BackgroundDownload {
  readonly #state: SchedulerState
  readonly #rarest: RarestFirst
  readonly #bytesLimit: number
  readonly #rate: TokenBucket
  readonly #endGame: EndGame
  #selected: Bitfield | null = null
  #bytesPerSecond = Number.POSITIVE_INFINITY
  #endGameAt = Number.POSITIVE_INFINITY
  /** When a peer that has begun to choke us may be asked for what it allows meanwhile; ms. */
  #chokedUntil = Number.POSITIVE_INFINITY
  /** Something may be fetched for nobody; otherwise time alone changes nothing. */
  #isFilling = false
  #leechers: readonly Wire[] = []
  /** The piece that each wire downloads at present. */
  readonly #current = new Map<Wire, DownloadingPiece>()

  constructor(state: SchedulerState, rarest: RarestFirst, bytesLimit: number) {
    this.#state = state
    this.#rarest = rarest
    this.#rate = new TokenBucket(state)
    this.#endGame = new EndGame(state)
    const fewest = FEWEST_PIECES * state.layout.pieceLength
    this.#bytesLimit = Math.max(bytesLimit, fewest)
  }

  /** When there may be more to do than now without anything happening; ms. */
  get wakeAt(): number {
    if (!this.#isFilling) return Number.POSITIVE_INFINITY
    return Math.min(this.#rate.refillsAt, this.#endGameAt, this.#chokedUntil)
  }

  /** Is something selected that is missing? */
  get isUnfinished(): boolean {
    return (
      this.#selected !== null && (this.#rarest.size > 0 || this.#state.ledger.downloadingCount > 0)
    )
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
      const isUntouched = !ledger.have.has(piece) && ledger.downloading(piece) === null
      if (this.isSelected(piece) && isUntouched) this.#rarest.add(piece)
      else this.#rarest.remove(piece)
    }
    for (const downloading of ledger.unfinished) downloading.owner = null
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
    if (this.isSelected(piece)) this.#rarest.add(piece)
  }

  /** The wire no longer downloads. */
  release(wire: Wire): void {
    const current = this.#current.get(wire)
    if (current?.owner === wire.id) current.owner = null
    this.#current.delete(wire)
  }

  fill(): void {
    const { isStoreFull } = this.#state
    this.#endGameAt = Number.POSITIVE_INFINITY
    this.#chokedUntil = Number.POSITIVE_INFINITY
    this.#isFilling = this.isUnfinished && !isStoreFull
    if (!this.#isFilling) return
    this.#rate.refill()
    this.#leechers = this.#state.leechers()
    const idle: Wire[] = []
    for (const wire of this.#byPatience()) {
      if (this.#rate.isEmpty) return
      if (!wire.canBeAsked || this.#mayUnchoke(wire)) continue
      const limit = this.#limitOf(wire)
      this.#cut(wire)
      if (wire.queue.size >= limit) continue
      if (!this.#fillWire(wire, limit)) idle.push(wire)
    }
    this.#endGameAt = this.#endGame.takeOver(idle)
  }

  #mayUnchoke(wire: Wire): boolean {
    const { chokedAt, isChoked } = wire.pieces
    const until = chokedAt + CHOKE_MS
    if (!isChoked || this.#state.now >= until) return false
    this.#chokedUntil = Math.min(this.#chokedUntil, until)
    return true
  }

  /** How long its queue may be now; 0 where it is long enough. */
  #limitOf(wire: Wire): number {
    const { isWatched, pace, queueMs } = this.#state
    const isNeeded = this.#isNeeded(wire)
    const usual = isNeeded ? queueLimit(wire, pace, queueMs) : backgroundQueueLimit(wire, pace)
    const limit = isWatched ? usual : Math.max(usual, ownQueueLimit(wire, pace))
    if (isNeeded) return limit
    return limit - wire.queue.size < Math.max(1, limit * REFILL_SHARE) ? 0 : limit
  }

  /** What others may have sooner is taken back from a wire that has become slower. */
  #cut(wire: Wire): void {
    if (wire.queue.size * wire.timing.blockMs < TOO_LONG_MS) return
    const limit = backgroundQueueLimit(wire, this.#state.pace)
    for (const request of wire.queue.toArray().reverse()) {
      if (wire.queue.size <= limit || request.purpose !== 'background') return
      this.#state.cancel(request)
    }
  }

  /** Is there anything that somebody reads, and that the wire may be asked for? */
  #isNeeded(wire: Wire): boolean {
    const { ledger, order, workVersion } = this.#state
    if (order.size === 0 || wire.isExhausted(workVersion)) return false
    if (order.ranges.some(({ cursor, to }) => ledger.nextFor(wire, cursor, to) >= 0)) return true
    if (!wire.avoided.isAny) wire.exhaust(workVersion)
    return false
  }

  /** Whoever has been snubbed often comes last: the dead must not take turns with what is left. */
  #byPatience(): readonly Wire[] {
    const wires = [...this.#state.wires.values()]
    return wires.some(({ conduct }) => conduct.isSnubbed)
      ? wires.sort((one, other) => one.conduct.snubs - other.conduct.snubs)
      : wires
  }

  /** False where there was not enough for it. */
  #fillWire(wire: Wire, limit: number): boolean {
    const { budget, ledger, layout, workVersion } = this.#state
    if (wire.isExhaustedInBackground(workVersion)) return false
    while (wire.queue.size < limit && !this.#rate.isEmpty && budget.mayTake('background')) {
      const index = this.#nextBlock(wire)
      if (index < 0) {
        if (!wire.avoided.isAny) wire.exhaustInBackground(workVersion)
        return false
      }
      this.#state.request(wire, index, 'background')
      const downloading = ledger.downloading(layout.pieceOf(index))
      if (downloading === null) return true
      this.#rate.take(downloading.blockLength(index - downloading.firstBlock))
      if (downloading.unassigned > 0 && downloading.owner === null) this.#own(wire, downloading)
    }
    return true
  }

  #own(wire: Wire, downloading: DownloadingPiece): void {
    downloading.owner = wire.id
    this.#current.set(wire, downloading)
  }

  #nextBlock(wire: Wire): number {
    const begun = this.#isSlow(wire) ? this.#sharedFor(wire) : this.#ownFor(wire)
    if (begun >= 0) return begun
    const fresh = this.#beginFor(wire)
    return fresh >= 0 ? fresh : this.#begunFor(wire, () => true)
  }

  /** Slow wires help each other; but seeds leave to leechers what those have, and bring what they lack. */
  #sharedFor(wire: Wire): number {
    if (!wire.pieces.isFull) return this.#begunFor(wire, () => true)
    return this.#begunFor(wire, ({ piece }) => {
      return !this.#leechers.some((leecher) => leecher.mayServe(piece))
    })
  }

  /** In the piece that the wire downloads alone, or in one that nobody goes on with. */
  #ownFor(wire: Wire): number {
    const current = this.#current.get(wire)
    if (current !== undefined) {
      const index = this.#blockIn(current, wire)
      if (index >= 0) return index
      this.release(wire)
    }
    return this.#begunFor(wire, ({ owner }) => owner === null)
  }

  #begunFor(wire: Wire, accepts: (downloading: DownloadingPiece) => boolean): number {
    for (const downloading of this.#state.ledger.unfinished) {
      const { piece, unassigned } = downloading
      if (unassigned === 0 || !this.isSelected(piece) || !accepts(downloading)) continue
      const index = this.#blockIn(downloading, wire)
      if (index >= 0) return index
    }
    return NOTHING
  }

  #isSlow({ timing }: Wire): boolean {
    return (this.#state.layout.pieceLength / BLOCK_LENGTH) * timing.blockMs > SHARED_MS
  }

  /** First block of the rarest piece, which it begins; -1 where none may be begun. */
  #beginFor(wire: Wire): number {
    const { ledger, layout } = this.#state
    const over = ledger.backgroundBytes + layout.pieceLength - this.#bytesLimit
    if (over > 0 && over > this.#strandedBytes()) return NOTHING
    const piece = this.#rarestFor(wire)
    if (piece < 0) return NOTHING
    ledger.beginInBackground(piece)
    return layout.firstBlockOf(piece)
  }

  /**
   * The rarest piece that may be begun. A slow leecher begins one that several leechers give, if there is
   * such a piece: it is whole much sooner, and less is begun that nobody can use yet.
   */
  #rarestFor(wire: Wire): number {
    const { order } = this.#state
    const accepts = (piece: number): boolean => wire.mayServe(piece) && !order.coversPiece(piece)
    const mostGivers = this.#isSlow(wire) && !wire.pieces.isFull ? MOST_GIVERS : 1
    for (let givers = mostGivers; givers > 1; givers--) {
      const shared = this.#rarest.find(accepts, givers)
      if (shared >= 0) return shared
    }
    return this.#rarest.find(accepts)
  }

  /**
   * Of pieces that have been begun and nobody can go on with, as those who had them have left. They
   * must not keep others from being downloaded.
   */
  #strandedBytes(): number {
    const wires = [...this.#state.wires.values()].filter((wire) => wire.canBeAsked)
    let bytes = 0
    for (const { isBackground, length, piece, requests } of this.#state.ledger.unfinished) {
      if (!isBackground || requests > 0) continue
      if (!wires.some((wire) => wire.mayServe(piece))) bytes += length
    }
    return bytes
  }

  #blockIn({ blockCount, firstBlock, piece, unassigned }: DownloadingPiece, wire: Wire): number {
    const { ledger, order } = this.#state
    if (unassigned === 0 || order.coversPiece(piece)) return NOTHING
    return ledger.nextFor(wire, firstBlock, firstBlock + blockCount)
  }
}
