import { TorrentError } from '../torrent-error.ts'

const LONGEST_TIMER_MS = 2 ** 31 - 1

export interface WaitOptions {
  /** For ever when absent. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

interface Outcome {
  readonly error: TorrentError | null
}

/** Waits for the metadata of a magnet, or for the reason why it will not come. */
export class MetadataWait {
  /** `null` where nobody waits. */
  #waiters: Set<(outcome: Outcome) => void> | null = null
  #outcome: Outcome | null = null

  /** It is there (`null`), or there is an error. The first outcome counts, until `reset`. */
  settle(error: TorrentError | null): void {
    this.#outcome ??= { error }
    const waiters = this.#waiters ?? []
    this.#waiters = null
    for (const tell of waiters) tell(this.#outcome)
  }

  /** It is looked for again. */
  reset(): void {
    this.#outcome = null
  }

  /** Rejects with the error, with TorrentError `timeout`, or with the signal's reason. */
  async wait({ timeoutMs, signal }: WaitOptions = {}): Promise<void> {
    signal?.throwIfAborted()
    const outcome = this.#outcome ?? (await this.#next({ timeoutMs, signal }))
    signal?.throwIfAborted()
    if (outcome === null) throw new TorrentError('timeout', 'no peer gave the metadata in time')
    if (outcome.error !== null) throw outcome.error
  }

  async #next({
    timeoutMs = Number.POSITIVE_INFINITY,
    signal,
  }: WaitOptions): Promise<Outcome | null> {
    let timer: NodeJS.Timeout | undefined
    let tell: (outcome: Outcome | null) => void = () => {}
    const giveUp = (): void => tell(null)
    try {
      return await new Promise<Outcome | null>((resolve) => {
        tell = resolve
        this.#waiters ??= new Set()
        this.#waiters.add(resolve)
        signal?.addEventListener('abort', giveUp, { once: true })
        if (timeoutMs <= LONGEST_TIMER_MS) timer = setTimeout(() => resolve(null), timeoutMs)
      })
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
      this.#waiters?.delete(tell)
    }
  }
}
