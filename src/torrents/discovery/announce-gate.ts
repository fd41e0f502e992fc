/** `first` announces of trackers that have not failed go before those that are tried again. */
export type Urgency = 'first' | 'again'

interface Waiting {
  readonly owner: object
  readonly urgency: Urgency
  readonly enter: () => void
}

export interface GateLimits {
  /** Announces under way, of all torrents. */
  readonly total: number
  /** Of one torrent. */
  readonly perOwner: number
}

/** Bounds how many announces are under way at once: each takes a socket, or the time of one. */
export class AnnounceGate {
  readonly #limits: GateLimits
  readonly #running = new Map<object, number>()
  #total = 0
  #waiting: Waiting[] = []

  constructor(limits: GateLimits) {
    this.#limits = limits
  }

  /** Runs in turn. Rejects with what `run` rejects with, or with the signal's reason. */
  async pass<T>(
    owner: object,
    urgency: Urgency,
    signal: AbortSignal,
    run: () => Promise<T>,
  ): Promise<T> {
    await this.#enter(owner, urgency, signal)
    try {
      signal.throwIfAborted()
      return await run()
    } finally {
      this.#leave(owner)
    }
  }

  #enter(owner: object, urgency: Urgency, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#isFree(owner)) {
      this.#count(owner, 1)
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting)
        reject(signal.reason)
      }
      const waiting: Waiting = {
        ...{ owner, urgency },
        enter: () => {
          signal.removeEventListener('abort', abort)
          resolve()
        },
      }
      signal.addEventListener('abort', abort, { once: true })
      this.#waiting.push(waiting)
    })
  }

  #leave(owner: object): void {
    this.#count(owner, -1)
    const next =
      this.#waiting.find((waiting) => waiting.urgency === 'first' && this.#isFree(waiting.owner)) ??
      this.#waiting.find((waiting) => this.#isFree(waiting.owner))
    if (next === undefined) return
    this.#waiting.splice(this.#waiting.indexOf(next), 1)
    this.#count(next.owner, 1)
    next.enter()
  }

  #isFree(owner: object): boolean {
    const { total, perOwner } = this.#limits
    return this.#total < total && (this.#running.get(owner) ?? 0) < perOwner
  }

  #count(owner: object, change: 1 | -1): void {
    this.#total += change
    const count = (this.#running.get(owner) ?? 0) + change
    if (count === 0) this.#running.delete(owner)
    else this.#running.set(owner, count)
  }
}
