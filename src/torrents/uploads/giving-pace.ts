import type { Clock } from '../../clock.ts'
import { RateMeter } from '../rates/rate-meter.ts'
import type { ThrottleGroup } from '../rates/throttle.ts'

/** The pace is set so often while pieces come in; ms. */
const LOOK_MS = 1_000
/** So much is given whatever comes in: who has just come has to begin with giving; bytes per second. */
export const LEAST_GIVEN: number = 512 * 1024

/** A peer by what it lets us have. */
export interface GivingPeer {
  readonly hasEverything: boolean
  readonly isChokingUs: boolean
}

export interface GivingPaceOptions {
  readonly clock: Clock
  /** What we give to these peers. */
  readonly uploads: Pick<ThrottleGroup, 'paceBytesPerSecond'>
  readonly peers: () => Iterable<GivingPeer>
  /** We have everything. */
  readonly isSeeding: () => boolean
}

/**
 * How fast we give while we download: where each leecher lets us have what it has, giving more than we get wins
 * nobody, and only puts us behind the others. Where one chokes us, more may win it; and who only seeds, or gets nothing,
 * gives all it can.
 */
export class GivingPace {
  readonly #options: GivingPaceOptions
  readonly #received: RateMeter
  #cancel: (() => void) | null = null
  #isClosed = false

  constructor(options: GivingPaceOptions) {
    this.#options = options
    this.#received = new RateMeter(() => options.clock.now())
  }

  /** Bytes of blocks that peers have sent. */
  received(bytes: number): void {
    if (this.#isClosed) return
    this.#received.add(bytes)
    if (this.#cancel === null) this.#look()
  }

  /** What we give outlives the swarm. */
  close(): void {
    this.#isClosed = true
    this.#cancel?.()
    this.#cancel = null
    this.#options.uploads.paceBytesPerSecond = Number.POSITIVE_INFINITY
  }

  #look(): void {
    const { clock, uploads, isSeeding } = this.#options
    const { bytesPerSecond } = this.#received
    const isHeld = bytesPerSecond > 0 && !isSeeding()
    uploads.paceBytesPerSecond =
      isHeld && !this.#mayWinMore()
        ? Math.max(LEAST_GIVEN, bytesPerSecond)
        : Number.POSITIVE_INFINITY
    this.#cancel = isHeld ? clock.after(LOOK_MS, () => this.#look()) : null
  }

  /** Does a leecher choke us, which may be won by what we give? */
  #mayWinMore(): boolean {
    for (const { hasEverything, isChokingUs } of this.#options.peers()) {
      if (isChokingUs && !hasEverything) return true
    }
    return false
  }
}
