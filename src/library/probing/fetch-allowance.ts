import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import type { ByteRange } from '../../torrents/pieces/byte-range.ts'
import type { FactsStore } from './facts-store.ts'
import type { ProbedTorrent } from './probed-torrent.ts'

/** What may be fetched of one file that nobody downloads, and of all of a torrent; bytes. */
const FETCHED_OF_A_FILE = 8_000_000
const FETCHED_OF_A_TORRENT = 64_000_000
/** What every probe begins with; where it is not here and cannot come, none begins. */
const HEAD: ByteRange = { start: 0, end: 64 * 1024 - 1 }

/** How much probing may have fetched that nobody else wants. */
export class FetchAllowance {
  readonly #store: FactsStore
  readonly #onDemand: boolean

  constructor(store: FactsStore, { onDemand }: { readonly onDemand: boolean }) {
    this.#store = store
    this.#onDemand = onDemand
  }

  /** Bytes; no end to them where the file is downloaded anyway. */
  of(torrent: ProbedTorrent, file: TorrentFile): number {
    if (!this.#onDemand && torrent.isSelected(file.index)) return Number.POSITIVE_INFINITY
    const left = FETCHED_OF_A_TORRENT - this.#store.fetchedBytes(torrent.infoHash)
    return Math.max(0, Math.min(FETCHED_OF_A_FILE, left))
  }

  /** Whether the first bytes of a file are here, or may and can be fetched. */
  beginningOf(torrent: ProbedTorrent, file: TorrentFile): 'here' | 'to-fetch' | 'out-of-reach' {
    const missing = torrent.missingBytes(file.index, HEAD)
    if (missing === 0) return 'here'
    const mayFetch = torrent.state.kind === 'live' && missing <= this.of(torrent, file)
    return mayFetch ? 'to-fetch' : 'out-of-reach'
  }
}
