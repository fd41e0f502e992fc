import { type Clock, sleep } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import type { Appearance } from './appearance.ts'

const START_DELAY_MS = { least: 0, most: 100 }
/** Between the two copies of a set, and between the last byebye and the first alive. */
const REPEAT_DELAY_MS = { least: 150, most: 300 }
const LONGEST_INTERVAL_SECONDS = 600
/** How long a farewell may take, so that a full send buffer cannot hold up the exit. */
const FAREWELL_DEADLINE_MS = 900

export interface AdvertiserOptions {
  /** Those who speak, at the moment of asking. */
  readonly appearances: () => readonly Appearance[]
  readonly maxAgeSeconds: number
  /** The longest time between two sets; half of it is the shortest. `null`: a third of max-age, up to 600. */
  readonly intervalSeconds: number | null
  readonly clock: Clock
  /** 0 <= n < 1, as `Math.random`. */
  readonly random: () => number
  readonly log: Logger
}

/**
 * Says at all places that we are here, and goes on saying it long before anybody forgets (UDA 1.0,
 * 1.1.2). It begins with byebye, because a control point may still believe what we said before a crash,
 * and ends with it. In between there is no byebye, whatever comes and goes: places can share listeners,
 * and it would end what a TV plays. Each set is sent twice, since UDP loses some.
 */
export class Advertiser {
  readonly #options: AdvertiserOptions
  #rounds = new AbortController()
  #hasOpened = false
  #bootId: number

  constructor(options: AdvertiserOptions) {
    this.#options = options
    this.#bootId = Math.floor(options.clock.now() / 1_000) % 2 ** 31
  }

  /** What is in force (UDA 1.1, 1.2.2): the time of the start in seconds, one more for each change. */
  get bootId(): number {
    return this.#bootId
  }

  start(): void {
    void this.#run(this.#rounds.signal)
  }

  /** Advertises now: places have changed, or have not heard from us for long. */
  renew(): void {
    this.stop()
    this.#rounds = new AbortController()
    this.start()
  }

  /** Ends without a word. */
  stop(): void {
    this.#rounds.abort()
  }

  /** Says byebye there, and resolves when that has left, within a second. */
  async sayFarewell(appearances: readonly Appearance[]): Promise<void> {
    if (appearances.length === 0) return
    const { clock } = this.#options
    const deadline = new AbortController()
    for (const appearance of appearances) appearance.isAlive = false
    const isLate = sleep(clock, FAREWELL_DEADLINE_MS, deadline.signal).catch(() => {})
    await Promise.race([this.#sayByebyeTwice(appearances), isLate])
    deadline.abort()
  }

  async #sayByebyeTwice(appearances: readonly Appearance[]): Promise<void> {
    await all(appearances, (one) => one.sayByebye())
    await sleep(this.#options.clock, this.#between(REPEAT_DELAY_MS))
    await all(appearances, (one) => one.sayByebye())
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      for (;;) await this.#round(signal)
    } catch (error) {
      if (!signal.aborted) this.#options.log.error({ err: error }, 'advertising ended')
    }
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { clock, appearances } = this.#options
    await sleep(clock, this.#between(START_DELAY_MS), signal)
    const audience = appearances()
    await this.#prepare(audience, signal)
    for (const appearance of audience) appearance.isAlive = true
    await this.#twice(audience, signal, (one) => one.sayAlive(this.#bootId))
    await sleep(clock, this.#between(this.#interval()), signal)
  }

  /**
   * What comes before alive where somebody hears it for the first time: at the start byebye, later
   * ssdp:update to those who know us, so that they do not take the new BOOTID for a restart.
   */
  async #prepare(audience: readonly Appearance[], signal: AbortSignal): Promise<void> {
    const told = audience.filter(({ isAlive }) => isAlive)
    if (told.length === audience.length) return
    if (!this.#hasOpened) {
      await this.#twice(audience, signal, (one) => one.sayByebye())
      this.#hasOpened = true
      return
    }
    const nextBootId = (this.#bootId + 1) % 2 ** 31
    await this.#twice(told, signal, (one) => one.sayUpdate(this.#bootId, nextBootId))
    this.#bootId = nextBootId
  }

  async #twice(
    appearances: readonly Appearance[],
    signal: AbortSignal,
    say: (appearance: Appearance) => Promise<void>,
  ): Promise<void> {
    if (appearances.length === 0) return
    for (const _copy of [1, 2]) {
      await all(appearances, say)
      await sleep(this.#options.clock, this.#between(REPEAT_DELAY_MS), signal)
    }
  }

  /** At least two rounds may get lost before max-age has passed. */
  #interval(): { least: number; most: number } {
    const { maxAgeSeconds, intervalSeconds } = this.#options
    const most = intervalSeconds ?? Math.min(LONGEST_INTERVAL_SECONDS, maxAgeSeconds / 3)
    return { least: most * 500, most: most * 1_000 }
  }

  #between({ least, most }: { least: number; most: number }): number {
    return least + this.#options.random() * (most - least)
  }
}

async function all(
  appearances: readonly Appearance[],
  say: (appearance: Appearance) => Promise<void>,
): Promise<void> {
  await Promise.all(appearances.map(say))
}
