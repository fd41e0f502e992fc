import { type Clock, steadyClock, wallClock } from '../../clock.ts'
import { type DailyLimits, dailyLimitsAt } from '../rates/daily-limits.ts'
import {
  applyLimits,
  changedLimits,
  type Limits,
  NO_LIMITS,
  type Throttles,
} from '../rates/limits.ts'
import { Throttle } from '../rates/throttle.ts'
import type { SessionOptions } from './session-options.ts'

/** The time of day is looked at so often, as clocks are set, and when a minute begins; ms. */
const LOOK_MS = 15_000
const MINUTE_MS = 60_000

/** What is asked for at a start outweighs what was saved. */
export function limitsAtStart(
  asked: Pick<SessionOptions, 'downloadBytesPerSecond' | 'uploadBytesPerSecond'>,
  saved: Limits = NO_LIMITS,
): Limits {
  const { downloadBytesPerSecond = saved.downloadBps } = asked
  const { uploadBytesPerSecond = saved.uploadBps } = asked
  return { downloadBps: downloadBytesPerSecond, uploadBps: uploadBytesPerSecond }
}

/** The rates that all torrents of a session share; others hold at their time of day. */
export class SessionLimits {
  readonly #throttles = { download: new Throttle(steadyClock), upload: new Throttle(steadyClock) }
  #daily: readonly DailyLimits[]
  readonly #clock: Clock
  #limits: Limits
  #inForce: Limits | null = null
  #cancelLook = (): void => {}

  /** `clock` tells the time of day. */
  constructor(limits: Limits, daily: readonly DailyLimits[] = [], clock: Clock = wallClock) {
    this.#limits = limits
    this.#daily = daily
    this.#clock = clock
    this.#look()
  }

  /** Outside the times of day that have their own. */
  get limits(): Limits {
    return this.#limits
  }

  /** Those that hold now. */
  get inForce(): Limits {
    return dailyLimitsAt(this.#daily, new Date(this.#clock.now())) ?? this.#limits
  }

  /** Others hold than `limits`, by the time of day. */
  get isAlternative(): boolean {
    return this.inForce !== this.#limits
  }

  /** Throws TorrentError `bad-limit`. */
  change(change: Partial<Limits>): void {
    this.#limits = changedLimits(this.#limits, change)
    this.#apply()
  }

  /** Others by time of day, at once. */
  set daily(daily: readonly DailyLimits[]) {
    this.#daily = daily
    this.#cancelLook()
    this.#look()
  }

  /** For one torrent, below what all share. */
  ofTorrent(): Throttles {
    const { download, upload } = this.#throttles
    return { download: download.group(), upload: upload.group() }
  }

  close(): void {
    this.#cancelLook()
    this.#throttles.download.close()
    this.#throttles.upload.close()
  }

  #look(): void {
    this.#apply()
    if (this.#daily.length === 0) return
    const toNextMinute = MINUTE_MS - (this.#clock.now() % MINUTE_MS)
    this.#cancelLook = this.#clock.after(Math.min(LOOK_MS, toNextMinute), () => this.#look())
  }

  #apply(): void {
    const { inForce } = this
    if (inForce === this.#inForce) return
    this.#inForce = inForce
    applyLimits(inForce, this.#throttles)
  }
}
