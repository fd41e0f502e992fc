import type { Clock } from './clock.ts'
import type { WireTiming } from './wire-timing.ts'

/** A snubbed wire is tried again after so long, doubled each time; ms. */
const FIRST_SNUBBED_REST_MS = 5_000
const LONGEST_SNUBBED_REST_MS = 60_000
/** A wire that rejected a block is not asked for it again so soon; doubled at each further reject. */
const FIRST_REJECT_REST_MS = 500
const LONGEST_REJECT_REST_MS = 30_000
/** A wire that rejects so many in a row is not asked for anything for a while. */
const REJECTS_IN_A_ROW = 8
/** One that has failed so often, with nothing sent in between and for so long, will not send what is left; ms. */
const FAILURES_IN_A_ROW = 3
const FAILING_MS = 2_000
/** Blocks that nobody asked for are forgiven up to so many, 16 MiB, and as many as it was asked for. */
const FORGIVEN_UNASKED = 1_024
/**
 * One that has let itself be asked so often, and choked us again without having sent anything, is asked a while after it
 * unchokes, like one that rejects; else it would hold what it is asked for again and again, and for ever.
 */
const EMPTY_TURNS_IN_A_ROW = 3

/** How a peer treats what it is asked for: blocks, silence, rejects, losses, and the rests that follow. */
export class Conduct {
  readonly #clock: Clock
  readonly #timing: Pick<WireTiming, 'lastArrivalAt'>
  #delivered = 0
  #unasked = 0
  #isSnubbed = false
  #snubs = 0
  #rejects = 0
  #failures = 0
  #emptyTurns = 0
  #hasAnswered = false
  #restsUntil = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, timing: Pick<WireTiming, 'lastArrivalAt'>) {
    this.#clock = clock
    this.#timing = timing
  }

  /** Blocks received from it that it was asked for. */
  get delivered(): number {
    return this.#delivered
  }

  /** It has delivered a block and has not been snubbed since. */
  get isDelivering(): boolean {
    return this.#delivered > 0 && !this.#isSnubbed
  }

  /** It kept silent over what it was asked for, and has not delivered since. */
  get isSnubbed(): boolean {
    return this.#isSnubbed
  }

  /** How often in a row that happened. */
  get snubs(): number {
    return this.#snubs
  }

  /** It is not to be asked before; ms. */
  get restsUntil(): number {
    return this.#restsUntil
  }

  /** It will not send what it is asked for. */
  get isFailing(): boolean {
    if (this.#failures < FAILURES_IN_A_ROW) return false
    return this.#clock.now - this.#timing.lastArrivalAt > FAILING_MS
  }

  /** It sends much more than it was asked for. */
  get isFlooding(): boolean {
    return this.#unasked > FORGIVEN_UNASKED + this.#delivered
  }

  /** It has sent a block that it was asked for. */
  answered(): void {
    this.#delivered++
    this.#isSnubbed = false
    this.#snubs = 0
    this.#rejects = 0
    this.#failures = 0
    this.#emptyTurns = 0
    this.#hasAnswered = true
    this.#restsUntil = Number.NEGATIVE_INFINITY
  }

  /** It has sent a block that nobody asked it for. */
  receivedUnasked(): void {
    this.#unasked++
  }

  /** It chokes us from now on, and owes something. */
  chokedOwing(): void {
    if (!this.#hasAnswered) this.#emptyTurns++
  }

  unchoked(): void {
    this.#hasAnswered = false
    const more = this.#emptyTurns - EMPTY_TURNS_IN_A_ROW
    const rest = Math.min(LONGEST_REJECT_REST_MS, FIRST_REJECT_REST_MS * 2 ** more)
    this.#restsUntil = more < 0 ? Number.NEGATIVE_INFINITY : this.#clock.now + rest
  }

  /** It has kept silent for too long. */
  snub(): void {
    const rest = Math.min(LONGEST_SNUBBED_REST_MS, FIRST_SNUBBED_REST_MS * 2 ** this.#snubs)
    this.#isSnubbed = true
    this.#restsUntil = this.#clock.now + rest
    this.#snubs++
  }

  /** It has lost a request. */
  lost(): void {
    this.#failures++
  }

  /** It has rejected a request. Returns for how long it is not to be asked for that block; ms. */
  rejected(): number {
    const rest = Math.min(LONGEST_REJECT_REST_MS, FIRST_REJECT_REST_MS * 2 ** this.#rejects)
    this.#rejects = Math.min(this.#rejects + 1, REJECTS_IN_A_ROW)
    this.#failures++
    if (this.#rejects === REJECTS_IN_A_ROW) {
      this.#restsUntil = Math.max(this.#restsUntil, this.#clock.now + rest)
    }
    return rest
  }
}
