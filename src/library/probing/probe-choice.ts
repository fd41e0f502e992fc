import { nextTurn } from '../../concurrency/next-turn.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import type { FactsStore } from './facts-store.ts'
import type { FetchAllowance } from './fetch-allowance.ts'
import type { ProbeQueue } from './probe-queue.ts'

/** Torrents are gone through for so long at a time, so that ten thousand hold up nobody; ms. */
const SLICE_MS = 8

/** A file to be probed now. */
export interface Choice {
  readonly queue: ProbeQueue
  readonly file: TorrentFile
  /** Nothing has to be fetched for it. */
  readonly isHere: boolean
}

export interface ProbeChoiceOptions {
  readonly store: FactsStore
  readonly allowance: FetchAllowance
  /** Ends a search that is under way. */
  readonly signal: AbortSignal
}

/** Which file of all torrents is probed next. */
export class ProbeChoice {
  readonly #options: ProbeChoiceOptions
  /** Those that may have something to be probed, now or later: of ten thousand only a few. */
  readonly #ready = new Set<ProbeQueue>()
  /** Since the last look there is more to be looked at. */
  #hasNews = false

  constructor(options: ProbeChoiceOptions) {
    this.#options = options
  }

  /** There may be something to be probed of it. */
  add(queue: ProbeQueue): void {
    this.#ready.add(queue)
    this.#hasNews = true
  }

  remove(queue: ProbeQueue): void {
    this.#ready.delete(queue)
  }

  /** Something is worth another look, though nothing changes. */
  get isPending(): boolean {
    return [...this.#ready].some((queue) => queue.isPending)
  }

  /**
   * What is here comes before what has to be fetched, which may not come at all. `null` for nothing until
   * something changes, `later` where it is not known yet.
   */
  async next(): Promise<Choice | 'later' | null> {
    this.#hasNews = false
    let isSearching = false
    let toFetch: Choice | null = null
    for await (const queue of this.#inSlices()) {
      const choice = this.#choiceOf(queue)
      if (choice === 'later') isSearching = true
      else if (choice?.isHere) return choice
      else toFetch ??= choice
    }
    // It may have been removed since.
    if (toFetch !== null && !this.#ready.has(toFetch.queue)) return 'later'
    return toFetch ?? (isSearching || this.#hasNews ? 'later' : null)
  }

  /** What is to be probed next of one torrent; `null` for nothing now, `later` where it is not known yet. */
  #choiceOf(queue: ProbeQueue): Choice | 'later' | null {
    const { store, allowance } = this.#options
    const { torrent } = queue
    if (queue.isPaused(performance.now()) || !store.hasRoom(torrent.infoHash)) return null
    const fileIndex = queue.next()
    if (fileIndex === undefined) this.#ready.delete(queue)
    const file = torrent.files[fileIndex ?? -1]
    if (file === undefined) return fileIndex === null ? 'later' : null
    const beginning = allowance.beginningOf(torrent, file)
    if (beginning !== 'out-of-reach') return { queue, file, isHere: beginning === 'here' }
    // At once: of thousands that are paused none is to be gone through again for each of the others.
    queue.skip(file.index)
    return 'later'
  }

  /** Those that are still ready; others have their turn in between. */
  async *#inSlices(): AsyncGenerator<ProbeQueue> {
    let pauseAt = performance.now() + SLICE_MS
    for (const queue of this.#ready) {
      if (performance.now() >= pauseAt) {
        await nextTurn()
        if (this.#options.signal.aborted) return
        pauseAt = performance.now() + SLICE_MS
      }
      if (this.#ready.has(queue)) yield queue
    }
  }
}
