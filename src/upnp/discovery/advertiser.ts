import { type Clock, sleep } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import type { SsdpServer } from './ssdp-server.ts'

const START_DELAY_MS = { least: 0, most: 100 }
/** Between the two copies of a set, and between the last byebye and the first alive. */
const REPEAT_DELAY_MS = { least: 150, most: 300 }
const LONGEST_INTERVAL_MS = { least: 300_000, most: 600_000 }
const JOIN_RETRY_MS = 5_000

export interface AdvertiserOptions {
  readonly clock: Clock
  /** 0 <= n < 1, as `Math.random`. */
  readonly random: () => number
  readonly maxAgeSeconds: number
  readonly log: Logger
}

/**
 * Says on one interface that we are here, and goes on saying it long before anybody forgets (UDA 1.0,
 * 1.1.2). It begins with byebye, because a control point may still believe what we said before a
 * crash, and ends with it. Each set is sent twice, since UDP loses some.
 */
export class Advertiser {
  readonly #server: SsdpServer
  readonly #options: AdvertiserOptions
  #rounds = new AbortController()
  #hasJoined = false
  #isAlive = false

  constructor(server: SsdpServer, options: AdvertiserOptions) {
    this.#server = server
    this.#options = options
  }

  /** Whether control points have been told of us; before that no search is to be answered. */
  get isAlive(): boolean {
    return this.#isAlive
  }

  start(): void {
    void this.#run(this.#rounds.signal)
  }

  /** Joins the group anew and advertises now; without byebye, which would end what a TV plays. */
  restart(): void {
    this.stop()
    this.#rounds = new AbortController()
    this.start()
  }

  /** Ends without a word. */
  stop(): void {
    this.#rounds.abort()
  }

  /** Ends with byebye; resolves when that has left. */
  async close(): Promise<void> {
    this.stop()
    this.#isAlive = false
    if (!this.#hasJoined) return
    await this.#server.advertise('byebye')
    await sleep(this.#options.clock, this.#between(REPEAT_DELAY_MS))
    await this.#server.advertise('byebye')
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      for (;;) await this.#round(signal)
    } catch (error) {
      if (!signal.aborted) this.#options.log.error({ err: error }, 'advertising ended')
    }
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    await this.#join(signal)
    await sleep(clock, this.#between(START_DELAY_MS), signal)
    if (!this.#isAlive) {
      await this.#twice('byebye', signal)
      this.#isAlive = true
    }
    await this.#twice('alive', signal)
    await sleep(clock, this.#between(this.#interval()), signal)
  }

  async #join(signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        this.#server.join()
        this.#hasJoined = true
        return
      } catch (error) {
        this.#options.log.debug({ err: error }, 'cannot join the ssdp group yet')
      }
      await sleep(this.#options.clock, JOIN_RETRY_MS, signal)
    }
  }

  async #twice(kind: 'alive' | 'byebye', signal: AbortSignal): Promise<void> {
    await this.#server.advertise(kind)
    await sleep(this.#options.clock, this.#between(REPEAT_DELAY_MS), signal)
    await this.#server.advertise(kind)
    await sleep(this.#options.clock, this.#between(REPEAT_DELAY_MS), signal)
  }

  /** Every 5 to 10 minutes; oftener if max-age is short, so that two rounds may get lost. */
  #interval(): { least: number; most: number } {
    const maxAgeMs = this.#options.maxAgeSeconds * 1_000
    return {
      least: Math.min(LONGEST_INTERVAL_MS.least, maxAgeMs / 6),
      most: Math.min(LONGEST_INTERVAL_MS.most, maxAgeMs / 3),
    }
  }

  #between({ least, most }: { least: number; most: number }): number {
    return least + this.#options.random() * (most - least)
  }
}
