import type {
  BackgroundMember,
  BackgroundShare,
  JoinBackground,
} from '../download/background-share.ts'

/** All downloading that no stream waits for, of all torrents together, while a stream starves. */
const HELD_BYTES_PER_SECOND = 1024 * 1024
/** The others stay held back so long after the last starving moment; ms. */
const HOLD_MS = 1_000

/** Calls `run` once after `delayMs`, unless the returned function is called before. */
export type After = (delayMs: number, run: () => void) => () => void

/**
 * What the torrents of a session may download while nobody waits for it. Each says when a stream of
 * it begins and ceases to starve; while one does, all share 1 MiB/s. Each reads its share when it
 * plans, so nothing is kept that could be out of date.
 */
export class BackgroundBudget {
  readonly #after: After
  readonly #members = new Set<BackgroundMember>()
  readonly #starving = new Set<BackgroundMember>()
  #isHolding = false
  #cancelRelease = (): void => {}

  constructor(after: After) {
    this.#after = after
  }

  /** Takes part from now on, until it leaves. */
  readonly join: JoinBackground = (member) => {
    this.#members.add(member)
    return this.#shareOf(member)
  }

  /** A stream waits for what a peer could give now. */
  get isAnyStarving(): boolean {
    return this.#starving.size > 0
  }

  close(): void {
    this.#cancelRelease()
  }

  #shareOf(member: BackgroundMember): BackgroundShare {
    const rate = (): number => this.#bytesPerSecond
    return {
      get bytesPerSecond() {
        return rate()
      },
      starves: ({ isStarving }) => this.#report(member, isStarving),
      leave: () => {
        this.#report(member, false)
        this.#members.delete(member)
      },
    }
  }

  get #bytesPerSecond(): number {
    if (!this.#isHolding) return Number.POSITIVE_INFINITY
    let downloading = 0
    for (const { isDownloading } of this.#members) if (isDownloading) downloading++
    return HELD_BYTES_PER_SECOND / Math.max(1, downloading)
  }

  #report(member: BackgroundMember, isStarving: boolean): void {
    if (isStarving === this.#starving.has(member)) return
    if (isStarving) {
      this.#starving.add(member)
      this.#cancelRelease()
      this.#hold(true)
      return
    }
    this.#starving.delete(member)
    if (this.#starving.size === 0)
      this.#cancelRelease = this.#after(HOLD_MS, () => this.#hold(false))
  }

  #hold(isHolding: boolean): void {
    if (isHolding === this.#isHolding) return
    this.#isHolding = isHolding
    for (const member of this.#members) member.changed()
  }
}
