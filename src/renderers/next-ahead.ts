import type { Clock } from '../clock.ts'
import type { Library } from '../library/library.ts'
import type { EpisodeEntry } from '../library/views/catalogue.ts'
import { locateIndex } from '../media/container-index/locate-index.ts'
import { mimeTypeOf } from '../media/media-type.ts'

/** The head of a file, which tells where its index is: no container needs more. */
const HEAD_BYTES = 64 * 1024
/** What a player reads before its picture moves. */
const OPENING_BYTES = 2 * 1024 * 1024
/** What has not been asked for by then is not kept wanted. */
const HOLD_MS = 15 * 60_000
/** Of those that may be fetched ahead at once. */
const MOST_FILES = 4

/** What is needed of a torrent: to fetch ranges of a file (inclusive), and to read its beginning. */
export interface AheadTorrent {
  readonly files: readonly { readonly components: readonly string[]; readonly length: number }[]
  prefetch(
    fileIndex: number,
    ranges: readonly { readonly start: number; readonly end: number }[],
  ): () => void
  stream(
    fileIndex: number,
    options: { readonly lookAhead: number },
  ): {
    read(buffer: Uint8Array): Promise<number>
    close(): void
  }
}

export interface NextAheadOptions {
  readonly torrentOf: (infoHash: string) => AheadTorrent | undefined
  readonly clock: Clock
}

/** A file of a torrent. */
export interface FileReference {
  readonly infoHash: string
  readonly fileIndex: number
}

/** Fetches the beginning and the index of the file that will be played next, before anybody asks. */
export class NextAhead {
  readonly #options: NextAheadOptions
  /** What ends the fetching of each file; the one that was begun first stands first. */
  readonly #held = new Map<string, () => void>()

  constructor(options: NextAheadOptions) {
    this.#options = options
  }

  /** Never throws: a film that cannot be fetched is one that cannot be played, and then that is said. */
  fetch({ infoHash, fileIndex }: FileReference): void {
    const key = `${infoHash}/${fileIndex}`
    const torrent = this.#options.torrentOf(infoHash)
    const file = torrent?.files[fileIndex]
    if (torrent === undefined || file === undefined || file.length === 0) return
    if (this.#held.has(key)) return
    const releases: (() => void)[] = []
    const end = (): void => {
      for (const release of releases.splice(0)) release()
      this.#held.delete(key)
    }
    const cancel = this.#options.clock.after(HOLD_MS, end)
    releases.push(cancel)
    this.#held.set(key, end)
    for (const [, endOldest] of [...this.#held].slice(0, -MOST_FILES)) endOldest()
    const opening = { start: 0, end: Math.min(OPENING_BYTES, file.length) - 1 }
    try {
      releases.push(torrent.prefetch(fileIndex, [opening]))
    } catch {
      end()
      return
    }
    void this.#fetchIndex(torrent, fileIndex, (release) => {
      if (this.#held.get(key) === end) releases.push(release)
      else release()
    }).catch(() => {})
  }

  close(): void {
    for (const end of [...this.#held.values()]) end()
  }

  async #fetchIndex(
    torrent: AheadTorrent,
    fileIndex: number,
    hold: (release: () => void) => void,
  ): Promise<void> {
    const file = torrent.files[fileIndex]
    if (file === undefined) return
    const stream = torrent.stream(fileIndex, { lookAhead: HEAD_BYTES })
    let isClosed = false
    const close = (): void => {
      if (!isClosed) stream.close()
      isClosed = true
    }
    hold(close)
    try {
      const head = Buffer.alloc(Math.min(HEAD_BYTES, file.length))
      let filled = 0
      while (filled < head.length) {
        const count = await stream.read(head.subarray(filled))
        if (count === 0) break
        filled += count
        const mimeType = mimeTypeOf(file.components.at(-1) ?? '')
        const location = locateIndex(mimeType, head.subarray(0, filled), file.length)
        if (location.kind === 'range') hold(torrent.prefetch(fileIndex, [location]))
        if (location.kind !== 'more') break
      }
    } finally {
      close()
    }
  }
}

/** The episode after a file, in the order of its series; `null` where there is none or it is no episode. */
export function episodeAfter(
  { catalogue }: Pick<Library, 'catalogue'>,
  { infoHash, fileIndex }: FileReference,
): FileReference | null {
  const { episodes } = catalogue
  const isIt = (entry: EpisodeEntry): boolean =>
    entry.fileIndex === fileIndex && entry.tree.torrent.infoHash === infoHash
  const place = episodes.findIndex(isIt)
  const current = episodes[place]
  if (current === undefined) return null
  const { season, episode, seriesKey } = current.episode
  // The same episode may be there in several torrents: those are passed over.
  const next = episodes
    .slice(place + 1)
    .find(
      (entry) =>
        entry.episode.seriesKey !== seriesKey ||
        entry.episode.season !== season ||
        entry.episode.episode !== episode,
    )
  if (next === undefined || next.episode.seriesKey !== seriesKey) return null
  return { infoHash: next.tree.torrent.infoHash, fileIndex: next.fileIndex }
}
