import { Semaphore } from '../../concurrency/semaphore.ts'
import { PictureError } from '../../media/pictures/picture-error.ts'
import { LARGEST_IMAGE_BYTES } from '../../media/pictures/picture-limits.ts'
import { coverBytes } from '../../media/probe/cover-bytes.ts'
import type { InfoHash } from '../../torrents/metainfo/info-hash.ts'
import type { ProbedTorrent, Starvation } from '../probing/probed-torrent.ts'
import { NotNowError, QuietReader } from '../probing/quiet-reader.ts'
import type { PictureSource } from './picture-source.ts'

/** What may be fetched for one picture of what nobody downloads, and for all of one torrent; bytes. */
const FETCHED_FOR_A_PICTURE = 8 * 1024 * 1024
const FETCHED_OF_A_TORRENT = 32 * 1024 * 1024
/** Each holds a whole image. */
const MOST_AT_ONCE = 3
/** Images that wait to be fetched; whoever asks for more gets what is drawn. */
const MOST_WAITING = 200

export interface ImageFetcherOptions {
  readonly torrentOf: (infoHash: InfoHash) => ProbedTorrent | undefined
  readonly starvation: Starvation
  /** Only what somebody streams is downloaded. */
  readonly onDemand: boolean
}

/**
 * Reads images out of torrents: verified bytes, behind what viewers wait for, nothing at all while one starves. Of what
 * nobody downloads, no more than the limits.
 */
export class ImageFetcher {
  readonly #options: ImageFetcherOptions
  readonly #places = new Semaphore(MOST_AT_ONCE)
  readonly #closing = new AbortController()
  readonly #fetched = new Map<InfoHash, number>()
  #waiting = 0

  constructor(options: ImageFetcherOptions) {
    this.#options = options
  }

  /** Rejects with NotNowError or TorrentError where it may work later, PictureError where never. */
  async fetch(source: Exclude<PictureSource, { kind: 'drawn' }>): Promise<Uint8Array> {
    if (this.#waiting >= MOST_WAITING) throw new NotNowError('too many images wait to be fetched')
    this.#waiting++
    try {
      return await this.#places.run(() => this.#fetch(source))
    } finally {
      this.#waiting--
    }
  }

  /** Ends what is under way. */
  close(): void {
    this.#closing.abort()
  }

  /** What was fetched of a torrent that is gone does not count for another. */
  forget(infoHash: InfoHash): void {
    this.#fetched.delete(infoHash)
  }

  async #fetch(source: Exclude<PictureSource, { kind: 'drawn' }>): Promise<Uint8Array> {
    const { torrentOf, starvation } = this.#options
    const { infoHash, fileIndex } = source
    const { signal } = this.#closing
    const torrent = torrentOf(infoHash)
    const file = torrent?.files[fileIndex]
    if (torrent === undefined || file === undefined || signal.aborted) {
      throw new NotNowError('the torrent is gone')
    }
    const [offset, length] =
      source.kind === 'embedded' ? [source.cover.offset, source.cover.length] : [0, file.length]
    if (length > LARGEST_IMAGE_BYTES) {
      throw new PictureError('too-large', `${length} bytes are too many`)
    }
    const mayFetch = this.#mayFetch(torrent, fileIndex)
    const options = { torrent, fileIndex, length: file.length, mayFetch, starvation, signal }
    const reader = new QuietReader(options)
    try {
      const bytes = await reader.read(offset, length)
      if (reader.isRefused) throw new NotNowError('too much would have to be fetched')
      if (bytes.length < length) throw new PictureError('unreadable', 'the file ends before it')
      const image = source.kind === 'embedded' ? coverBytes(source.cover, bytes) : bytes
      if (image === null) throw new PictureError('unreadable', 'the tags hold no whole image')
      return image
    } finally {
      reader.close()
      const before = this.#fetched.get(infoHash) ?? 0
      this.#fetched.set(infoHash, before + reader.fetchedBytes)
    }
  }

  #mayFetch(torrent: ProbedTorrent, fileIndex: number): number {
    if (!this.#options.onDemand && torrent.isSelected(fileIndex)) return Number.POSITIVE_INFINITY
    const left = FETCHED_OF_A_TORRENT - (this.#fetched.get(torrent.infoHash) ?? 0)
    return Math.max(0, Math.min(FETCHED_FOR_A_PICTURE, left))
  }
}
