import { TorrentError } from './torrent-error.ts'

const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Waits for the metadata of a magnet, or for the reason why it will not come. */
export class MetadataWait {
  #outcome: { readonly error: TorrentError | null } | null = null
  #waiters: (() => void)[] = []

  /** It is there (`null`), or there is an error. The first outcome counts. */
  settle(error: TorrentError | null): void {
    this.#outcome ??= { error }
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
  }

  /** Rejects with the error, or with TorrentError `timeout`. */
  async wait(timeoutMs: number): Promise<void> {
    if (this.#outcome === null) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        this.#waiters.push(resolve)
        if (timeoutMs <= LONGEST_TIMER_MS) timer = setTimeout(resolve, timeoutMs)
      })
      clearTimeout(timer)
    }
    if (this.#outcome === null) {
      throw new TorrentError('timeout', 'no peer gave the metadata in time')
    }
    if (this.#outcome.error !== null) throw this.#outcome.error
  }
}
