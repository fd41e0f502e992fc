import type { Logger } from '../../log.ts'
import { askExactSources, type FetchTorrent } from '../metainfo/exact-sources.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import { type Metainfo, readInfo } from '../metainfo/metainfo.ts'
import { TorrentError } from '../torrent-error.ts'
import { MetadataWait } from './metadata-wait.ts'

export interface TorrentMetadataOptions {
  readonly infoHash: InfoHash
  /** http(s) URLs where the torrent file may lie. */
  readonly exactSources: readonly string[]
  readonly fetchTorrent: FetchTorrent
  /** Keeps the torrent file on the disk. */
  readonly save: (torrentFile: Uint8Array) => Promise<void>
  readonly log: Logger
}

/** What is known of a torrent's metadata, where it may come from, and who waits for it. */
export class TorrentMetadata {
  readonly outcome = new MetadataWait()
  readonly #options: TorrentMetadataOptions
  #metainfo: Metainfo | null
  /** A restart needs no peer for it. */
  #isKept: boolean
  #isAsking = false

  /** @param kept - From the disk; `null` where it is not known yet. */
  constructor(options: TorrentMetadataOptions, kept: Metainfo | null) {
    this.#options = options
    this.#metainfo = kept
    this.#isKept = kept !== null
  }

  get metainfo(): Metainfo | null {
    return this.#metainfo
  }

  /** It is known from now on; `keep` has to follow. */
  set(metainfo: Metainfo): void {
    this.#metainfo = metainfo
    this.#isKept = false
  }

  /** Rejects with the system's error where it cannot be kept. */
  async keep(): Promise<void> {
    if (this.#isKept || this.#metainfo === null) return
    await this.#options.save(this.#metainfo.torrentFile)
    this.#isKept = true
  }

  /** Reads what peers gave. Rejects with TorrentError `invalid-torrent`. */
  async read(infoBytes: Uint8Array): Promise<Metainfo> {
    const metainfo = await readInfo(infoBytes)
    if (metainfo.infoHash === this.#options.infoHash) return metainfo
    throw new TorrentError('invalid-torrent', 'the metadata is that of another torrent')
  }

  /** From the web; `null` where it is not there, or is being asked for already. Never rejects. */
  async ask(signal: AbortSignal): Promise<Metainfo | null> {
    const { exactSources, infoHash, fetchTorrent, log } = this.#options
    if (exactSources.length === 0 || this.#isAsking) return null
    this.#isAsking = true
    const metainfo = await askExactSources({
      ...{ urls: exactSources, infoHash, fetchTorrent, signal, log },
    })
    this.#isAsking = false
    return metainfo
  }
}
