import type { Torrent } from '../torrent/torrent.ts'

const LOOK_MS = 100
/** All downloading that no stream waits for, together, while a stream starves. */
const STARVED_BYTES_PER_SECOND = 1024 * 1024
/** How long after the last starving moment the others stay held back. */
const HOLD_MS = 1_000

/** While a stream of any torrent starves, holds all other downloading of the session to 1 MiB/s. */
export class BackgroundGovernor {
  readonly #torrents: () => readonly Torrent[]
  readonly #timer: NodeJS.Timeout
  #heldUntil = 0
  #isHolding = false

  constructor(torrents: () => readonly Torrent[]) {
    this.#torrents = torrents
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const torrents = this.#torrents()
    const isStreaming = torrents.some(({ content }) => (content?.streams.count ?? 0) > 0)
    if (!isStreaming && !this.#isHolding) return
    const now = performance.now()
    const isStarving = torrents.some(({ content }) => content?.downloader.isStarving ?? false)
    if (isStarving) this.#heldUntil = now + HOLD_MS
    const isHolding = now < this.#heldUntil
    if (!isHolding && !this.#isHolding) return
    this.#isHolding = isHolding
    const live = torrents.filter(({ state }) => state.kind === 'live')
    const rate = isHolding ? STARVED_BYTES_PER_SECOND / live.length : Number.POSITIVE_INFINITY
    for (const { content } of live) content?.downloader.limitBackground(rate)
  }
}
