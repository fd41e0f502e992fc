import type { Clock } from '../../clock.ts'
import type { TrackerStatus } from '../swarm/tracker-status.ts'
import type { AnnounceEvent } from './announce.ts'
import type { Urgency } from './announce-gate.ts'
import {
  announceInterval,
  DEFAULT_INTERVAL_SECONDS,
  jittered,
  retryDelay,
} from './announce-interval.ts'
import type { TrackerAnswer } from './tracker-answer.ts'

/** One announce, as its sender needs it. */
export interface TrackerRequest {
  readonly event: AnnounceEvent | null
  readonly trackerId: Uint8Array | null
  /** Failures so far: which of its addresses to try. */
  readonly attempt: number
  readonly signal: AbortSignal
}

export interface TrackerOptions {
  /** For people. */
  readonly label: string
  /** Rejects with an Error in words for people. */
  readonly ask: (request: TrackerRequest) => Promise<TrackerAnswer>
  /** `ownAddress` is our IP address as the tracker sees it, `null` where it does not say. */
  readonly onPeers: (peers: readonly string[], ownAddress: string | null) => void
  readonly clock: Clock
  /** Runs what takes a socket when it is its turn. */
  readonly inTurn: <T>(
    turn: { readonly urgency: Urgency; readonly signal: AbortSignal; readonly isStop: boolean },
    run: () => Promise<T>,
  ) => Promise<T>
  /** From 0 to 1. */
  readonly random: () => number
  readonly log: { debug(facts: object, message: string): void }
}

/** Announces a torrent to one tracker, over and over until it is stopped. */
export class Tracker {
  readonly #options: TrackerOptions
  readonly #closing = new AbortController()
  #trackerId: Uint8Array | null = null
  #intervalSeconds = DEFAULT_INTERVAL_SECONDS
  /** In a row. */
  #failures = 0
  /** What it asked for when it failed last. */
  #retryInSeconds: number | null = null
  /** It has taken `started`. */
  #isStarted = false
  /** It has, or `started` is on its way: it has to be told when we stop. */
  #mayKnowUs = false
  /** `completed` is still to be told. */
  #owesCompleted = false
  #isAnnouncing = false
  #message: string | null = null
  #seeders: number | null = null
  #leechers: number | null = null
  #nextAt: number | null = null
  #answeredAt: number | null = null
  #cancelTimer: () => void = () => {}

  constructor(options: TrackerOptions) {
    this.#options = options
  }

  get status(): TrackerStatus {
    const { label: url, clock } = this.#options
    return {
      url,
      state: this.#state,
      message: this.#message,
      seeders: this.#seeders,
      leechers: this.#leechers,
      lastAnnounceMsAgo: this.#answeredAt === null ? null : clock.now() - this.#answeredAt,
      nextAnnounceMs: this.#nextAt === null ? null : Math.max(0, this.#nextAt - clock.now()),
    }
  }

  /** Announces for the first time after `delayMs`. */
  start(delayMs: number): void {
    if (delayMs > 0) this.#announceAfter(delayMs)
    else void this.#announce()
  }

  /** Everything there is has been downloaded just now. */
  complete(): void {
    this.#owesCompleted = true
    if (!this.#isStarted || this.#isAnnouncing) return
    this.#cancelTimer()
    void this.#announce()
  }

  /** Our address has changed: announces now, unless it is doing so. */
  again(): void {
    if (this.#isAnnouncing || this.#closing.signal.aborted) return
    this.#cancelTimer()
    void this.#announce()
  }

  /** Ends all announces. Resolves when the tracker has been told, or `signal` says to give up. */
  async stop(signal: AbortSignal): Promise<void> {
    this.#cancelTimer()
    this.#nextAt = null
    if (this.#closing.signal.aborted) return
    this.#closing.abort(new Error('the announce was given up'))
    if (!this.#mayKnowUs) return
    try {
      await this.#ask('stopped', 'first', signal)
    } catch (error) {
      this.#options.log.debug({ tracker: this.#options.label, reason: wordsOf(error) }, 'not told')
    }
  }

  get #state(): TrackerStatus['state'] {
    if (this.#isAnnouncing) return 'announcing'
    if (this.#failures > 0) return 'failing'
    return this.#isStarted ? 'working' : 'waiting'
  }

  async #announce(): Promise<void> {
    const { signal } = this.#closing
    if (signal.aborted) return
    const event = this.#isStarted ? (this.#owesCompleted ? 'completed' : null) : 'started'
    this.#isAnnouncing = true
    this.#nextAt = null
    try {
      const answer = await this.#ask(event, this.#failures === 0 ? 'first' : 'again', signal)
      if (!signal.aborted) this.#onAnswer(answer, event)
    } catch (error) {
      if (!signal.aborted) this.#onFailure(wordsOf(error), null)
    } finally {
      this.#isAnnouncing = false
    }
    this.#planNext()
  }

  #ask(event: AnnounceEvent | null, urgency: Urgency, signal: AbortSignal): Promise<TrackerAnswer> {
    const { ask, inTurn } = this.#options
    return inTurn({ urgency, signal, isStop: event === 'stopped' }, () => {
      this.#mayKnowUs = true
      return ask({ event, trackerId: this.#trackerId, attempt: this.#failures, signal })
    })
  }

  #onAnswer(answer: TrackerAnswer, event: AnnounceEvent | null): void {
    if (answer.kind === 'failure') {
      this.#onFailure(answer.reason, answer.retryInSeconds)
      return
    }
    this.#failures = 0
    this.#answeredAt = this.#options.clock.now()
    this.#isStarted = true
    if (event === 'completed') this.#owesCompleted = false
    this.#message = answer.warning
    this.#seeders = answer.seeders ?? this.#seeders
    this.#leechers = answer.leechers ?? this.#leechers
    this.#trackerId = answer.trackerId ?? this.#trackerId
    this.#intervalSeconds = announceInterval(answer.intervalSeconds, answer.minIntervalSeconds)
    this.#retryInSeconds = null
    const facts = { tracker: this.#options.label, event, peers: answer.peers.length }
    this.#options.log.debug(facts, 'announced')
    this.#options.onPeers(answer.peers, answer.externalAddress)
  }

  #onFailure(reason: string, retryInSeconds: number | null): void {
    this.#failures++
    this.#mayKnowUs = this.#isStarted
    this.#message = reason
    this.#retryInSeconds = retryInSeconds
    this.#options.log.debug({ tracker: this.#options.label, reason }, 'tracker failed')
  }

  #planNext(): void {
    if (this.#closing.signal.aborted) return
    if (this.#failures === 0 && this.#owesCompleted) {
      void this.#announce()
      return
    }
    const seconds =
      this.#failures === 0
        ? this.#intervalSeconds
        : retryDelay(this.#failures, this.#intervalSeconds, this.#retryInSeconds)
    this.#announceAfter(jittered(seconds, this.#options.random()) * 1_000)
  }

  #announceAfter(delayMs: number): void {
    const { clock } = this.#options
    this.#nextAt = clock.now() + delayMs
    this.#cancelTimer = clock.after(delayMs, () => void this.#announce())
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
