import type { BlockRequest } from '../model/block-request.ts'
import type { DownloadingPiece } from '../model/downloading-piece.ts'
import type { Reader } from '../model/reader.ts'
import type { SchedulerState } from '../model/scheduler-state.ts'
import type { Wire } from '../model/wire.ts'

/** So many download a piece alone at a time; with pieces of 16 MiB this is 64 MiB. */
const MOST_PARTIES = 4

/**
 * Of peers that contradict each other and never agree, nobody can tell who lies but the hash of a whole piece: each
 * of them downloads pieces alone, the one that is waited for and the next ones, so that all are judged at once.
 */
export class Standoff {
  readonly #state: SchedulerState
  /** Pieces that have been given to one peer; once each, as it may leave them. */
  readonly #divided = new Set<number>()
  /** Peers (`ip:port`) that are on parole because of it. */
  readonly #parties = new Set<string>()

  constructor(state: SchedulerState) {
    this.#state = state
  }

  /** How far ahead of a reader there is a piece for each of them; 0 where there is no standoff. */
  get reachBytes(): number {
    const { isStandoff, layout } = this.#state
    return isStandoff ? Math.min(MOST_PARTIES, this.#parties.size) * layout.pieceLength : 0
  }

  divide(): void {
    const { canSample, isStandoff, order, parole, wires } = this.#state
    if (canSample) this.#end()
    if (!isStandoff) return
    for (const { canBeAsked, peer } of wires.values()) {
      if (!canBeAsked) continue
      parole.suspect(peer)
      this.#parties.add(peer)
    }
    for (const reader of order.readers) if (reader.isStarving) this.#divideFor(reader)
  }

  /** Others can tell now who lies. */
  #end(): void {
    const { parole, provenance } = this.#state
    for (const peer of this.#parties) if (!provenance.isSuspected(peer)) parole.acquit(peer)
    if (this.#parties.size > 0) this.#state.workVersion++
    this.#parties.clear()
    this.#divided.clear()
  }

  #divideFor({ endBlock, startBlock }: Reader): void {
    const { layout, ledger, parole } = this.#state
    const last = layout.pieceOf(endBlock - 1)
    for (let piece = layout.pieceOf(startBlock); piece <= last; piece++) {
      const downloading = ledger.downloading(piece)
      if (downloading === null || this.#divided.has(piece)) continue
      if (parole.holderOf(piece) === undefined) this.#give(downloading)
      this.#divided.add(piece)
    }
  }

  /** To the one that has sent most of it, of those that have none. */
  #give(downloading: DownloadingPiece): void {
    const { actions, ledger, parole, provenance, samples } = this.#state
    const { blockCount, firstBlock, piece } = downloading
    const senders = provenance.peersOf(piece).filter((peer) => peer !== undefined)
    const owner = this.#ownerFor(piece, senders)
    for (const request of requestsOf(downloading)) {
      if (request.wire.peer !== owner) this.#state.cancel(request)
    }
    if (owner !== null) parole.reserve(piece, owner)
    // What several have sent would prove nothing.
    if (senders.some((peer) => peer !== owner) && ledger.restart(piece)) {
      provenance.forget(piece)
      samples.forget(firstBlock, firstBlock + blockCount)
      actions.discard(piece)
    }
  }

  #ownerFor(piece: number, senders: readonly string[]): string | null {
    const { parole, wires } = this.#state
    let best: Wire | null = null
    let most = -1
    for (const wire of wires.values()) {
      if (!wire.canBeAsked || !wire.pieces.gives(piece) || parole.reservedFor(wire.peer).length > 0)
        continue
      const count = senders.filter((peer) => peer === wire.peer).length
      const isSooner = best === null || wire.timing.blockMs < best.timing.blockMs
      if (count < most || (count === most && !isSooner)) continue
      best = wire
      most = count
    }
    return best?.peer ?? null
  }
}

function requestsOf({ holders }: DownloadingPiece): readonly BlockRequest[] {
  const requests: BlockRequest[] = []
  for (const first of holders) {
    for (let request = first; request !== null; request = request.nextHolder) requests.push(request)
  }
  return requests
}
