/** `first` announces of trackers that have not failed go before those that are tried again. */
export type Urgency = 'first' | 'again'

interface Waiting {
  readonly owner: object
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
  /** In order. Thousands may wait, and all give up at once. */
  readonly #waiting: Readonly<Record<Urgency, Set<Waiting>>> = {
    first: new Set(),
    again: new Set(),
  }

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
    const queue = this.#waiting[urgency]
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        queue.delete(waiting)
        reject(signal.reason)
      }
      const waiting: Waiting = {
        owner,
        enter: () => {
          signal.removeEventListener('abort', abort)
          resolve()
        },
      }
      signal.addEventListener('abort', abort, { once: true })
      queue.add(waiting)
    })
  }

  #leave(owner: object): void {
    this.#count(owner, -1)
    for (const queue of [this.#waiting.first, this.#waiting.again]) {
      for (const waiting of queue) {
        if (!this.#isFree(waiting.owner)) continue
        queue.delete(waiting)
        this.#count(waiting.owner, 1)
        waiting.enter()
        return
      }
    }
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
