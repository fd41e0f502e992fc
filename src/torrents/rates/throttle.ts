import type { Clock } from '../../clock.ts'
import { ByteBucket } from './byte-bucket.ts'

/** Whoever waits for its turn is looked for no more often; ms. */
const TURN_MS = 20
/** Who waited for its group's limit so lately is held by it; ms. */
const HELD_MS = 1_000

/** Somebody waits for it (`viewer`), or nobody does. */
export type Urgency = 'viewer' | 'background'

/** One of those that share a limit. */
export interface ThrottleMember {
  /** Its turn: what it asks for now, it may have. */
  readonly onTurn: () => void
}

/** What a member asks before it moves bytes, and tells after. */
export interface ThrottleShare {
  /** It has waited for its group's own limit a moment ago: what others leave it would be of no use to it. */
  readonly isHeldByGroup: boolean
  /** False where it has to wait; `onTurn` is called when it need not any more. */
  mayTake(urgency: Urgency): boolean
  take(bytes: number): void
  /** What was taken and has not been moved. */
  giveBack(bytes: number): void
  /** It does not wait any more. */
  leave(): void
}

/** For those whom nobody limits. */
export const UNLIMITED: ThrottleShare = {
  isHeldByGroup: false,
  mayTake: () => true,
  take: () => {},
  giveBack: () => {},
  leave: () => {},
}

/** A limit of its own below the common one, for all members that join it. */
export interface ThrottleGroup {
  /** Infinite for no limit. */
  bytesPerSecond: number
  /** It goes no faster at present, whatever its limit is; infinite for no such pace. */
  paceBytesPerSecond: number
  join(member: ThrottleMember): ThrottleShare
}

/**
 * Holds one direction of all piece data to a rate, and that of each group to its own. Viewers come
 * first; others that wait get their turns one after another. Time that nobody uses is lost but for
 * a quarter of a second.
 */
export class Throttle {
  readonly #clock: Clock
  readonly #bucket: ByteBucket
  /** In the order in which they began to wait. */
  readonly #waiting = new Map<Share, Urgency>()
  #turnOf: Share | null = null
  #cancelTimer: (() => void) | null = null
  #timerAt = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
    this.#bucket = new ByteBucket(() => clock.now())
  }

  /** Infinite for no limit. */
  get bytesPerSecond(): number {
    return this.#bucket.bytesPerSecond
  }

  set bytesPerSecond(rate: number) {
    this.#bucket.setRate(rate)
    this.#wakeNow()
  }

  group(): ThrottleGroup {
    return new Group(this.#shared)
  }

  close(): void {
    this.#waiting.clear()
    this.#stopTimer()
  }

  readonly #shared: CommonLimit = {
    newBucket: () => new ByteBucket(() => this.#clock.now()),
    wakeNow: () => this.#wakeNow(),
    share: (member, own) => new Share(member, own, this.#bucket, this.#queue),
  }

  readonly #queue: TurnQueue = {
    now: () => this.#clock.now(),
    isFirst: (share, urgency) => this.#isFirst(share, urgency),
    wait: (share, urgency) => this.#wait(share, urgency),
    leave: (share) => this.#waiting.delete(share),
    refilled: () => this.#setTimer(),
  }

  /** Nobody who could go on waits before it. */
  #isFirst(share: Share, urgency: Urgency): boolean {
    for (const [other, otherUrgency] of this.#waiting) {
      if (other === share) {
        // One that waits for its viewer fetches nothing for nobody.
        if (otherUrgency === 'viewer' && urgency === 'background') return false
        continue
      }
      const comesBefore =
        otherUrgency === urgency ? this.#turnOf !== share : otherUrgency === 'viewer'
      if (comesBefore && other.canGoOn) return false
    }
    return true
  }

  #wait(share: Share, urgency: Urgency): void {
    const before = this.#waiting.get(share)
    if (before === undefined || (before === 'background' && urgency === 'viewer')) {
      this.#waiting.set(share, urgency)
    }
    this.#setTimer()
  }

  #setTimer(): void {
    if (this.#turnOf !== null || this.#waiting.size === 0) return
    let soonest = Number.POSITIVE_INFINITY
    for (const share of this.#waiting.keys()) soonest = Math.min(soonest, share.waitMs)
    this.#giveTurnsIn(Math.max(TURN_MS, soonest))
  }

  /** A rate has changed. */
  #wakeNow(): void {
    if (this.#waiting.size > 0) this.#giveTurnsIn(0)
  }

  #giveTurnsIn(delayMs: number): void {
    const at = this.#clock.now() + delayMs
    if (at >= this.#timerAt) return
    this.#stopTimer()
    this.#timerAt = at
    this.#cancelTimer = this.#clock.after(delayMs, () => {
      this.#stopTimer()
      this.#giveTurns()
    })
  }

  #stopTimer(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
    this.#timerAt = Number.POSITIVE_INFINITY
  }

  /** To each that waits, once, as long as there is something. */
  #giveTurns(): void {
    for (const urgency of ['viewer', 'background'] as const) {
      const waiting = [...this.#waiting].filter(([, its]) => its === urgency)
      for (const [share] of waiting) {
        if (this.#waiting.get(share) !== urgency || !share.canGoOn) continue
        this.#waiting.delete(share)
        this.#turnOf = share
        try {
          share.member.onTurn()
        } finally {
          this.#turnOf = null
        }
      }
    }
    this.#setTimer()
  }
}

/** What shares ask of those that wait. */
interface TurnQueue {
  now(): number
  isFirst(share: Share, urgency: Urgency): boolean
  wait(share: Share, urgency: Urgency): void
  leave(share: Share): void
  /** There is something again, sooner than was to be expected. */
  refilled(): void
}

/** What a group needs of the limit above it. */
interface CommonLimit {
  newBucket(): ByteBucket
  wakeNow(): void
  share(member: ThrottleMember, own: ByteBucket): Share
}

/** Thousands of torrents have two each, and most of them are never limited or joined. */
class Group implements ThrottleGroup {
  readonly #common: CommonLimit
  #bucket: ByteBucket | null = null
  #limit = Number.POSITIVE_INFINITY
  #pace = Number.POSITIVE_INFINITY

  constructor(common: CommonLimit) {
    this.#common = common
  }

  get bytesPerSecond(): number {
    return this.#limit
  }

  set bytesPerSecond(rate: number) {
    this.#limit = rate
    this.#setRate()
  }

  get paceBytesPerSecond(): number {
    return this.#pace
  }

  set paceBytesPerSecond(rate: number) {
    if (rate === this.#pace) return
    this.#pace = rate
    this.#setRate()
  }

  #setRate(): void {
    const rate = Math.min(this.#limit, this.#pace)
    if (this.#bucket === null && rate === Number.POSITIVE_INFINITY) return
    this.#own.setRate(rate)
    this.#common.wakeNow()
  }

  join(member: ThrottleMember): Share {
    return this.#common.share(member, this.#own)
  }

  get #own(): ByteBucket {
    this.#bucket ??= this.#common.newBucket()
    return this.#bucket
  }
}

class Share implements ThrottleShare {
  readonly member: ThrottleMember
  readonly #own: ByteBucket
  readonly #common: ByteBucket
  readonly #queue: TurnQueue
  #heldAt = Number.NEGATIVE_INFINITY

  constructor(member: ThrottleMember, own: ByteBucket, common: ByteBucket, queue: TurnQueue) {
    this.member = member
    this.#own = own
    this.#common = common
    this.#queue = queue
  }

  get canGoOn(): boolean {
    return !this.#own.isEmpty && !this.#common.isEmpty
  }

  /** Until it can; 0 where it can now. */
  get waitMs(): number {
    return Math.max(this.#own.waitMs, this.#common.waitMs)
  }

  get isHeldByGroup(): boolean {
    return this.#queue.now() - this.#heldAt < HELD_MS
  }

  mayTake(urgency: Urgency): boolean {
    if (this.canGoOn && this.#queue.isFirst(this, urgency)) return true
    if (this.#own.isEmpty) this.#heldAt = this.#queue.now()
    this.#queue.wait(this, urgency)
    return false
  }

  take(bytes: number): void {
    this.#own.take(bytes)
    this.#common.take(bytes)
  }

  giveBack(bytes: number): void {
    const couldGoOn = this.canGoOn
    this.#own.take(-bytes)
    this.#common.take(-bytes)
    if (!couldGoOn && this.canGoOn) this.#queue.refilled()
  }

  leave(): void {
    this.#queue.leave(this)
  }
}
