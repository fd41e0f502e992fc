import type { Logger } from '../../log.ts'
import { askExactSources, type FetchTorrent } from '../metainfo/exact-sources.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import { type Metainfo, readInfo } from '../metainfo/metainfo.ts'
import { StoredMetainfo } from '../metainfo/stored-metainfo.ts'
import { TorrentError } from '../torrent-error.ts'
import { MetadataWait } from './metadata-wait.ts'

export interface TorrentMetadataOptions {
  readonly infoHash: InfoHash
  /** http(s) URLs where the torrent file may lie. */
  readonly exactSources: readonly string[]
  readonly store: MetadataStore
  readonly condition: { readonly log: Logger }
}

/** Where torrent files come from, and are kept. */
export interface MetadataStore {
  readonly fetchTorrent: FetchTorrent
  /** Where the torrent file is kept, to be read when its bytes are needed; `null` keeps them in memory. */
  readonly torrentFilePath: string | null
  /** Keeps the torrent file on the disk. */
  saveMetadata(torrentFile: Uint8Array): Promise<void>
}

/** What is known of a torrent's metadata, where it may come from, and who waits for it. */
export class TorrentMetadata {
  readonly outcome = new MetadataWait()
  readonly #options: TorrentMetadataOptions
  #metainfo: Metainfo | null
  #isKept: boolean
  #isAsking = false

  /** @param kept - What lies on the disk, or is about to; `null` where it is not known yet. */
  constructor(options: TorrentMetadataOptions, kept: Metainfo | null) {
    this.#options = options
    this.#metainfo = kept === null ? null : this.#onDisk(kept)
    this.#isKept = kept !== null
  }

  get metainfo(): Metainfo | null {
    return this.#metainfo
  }

  /** It is known, and a restart needs no peer for it. */
  get isKept(): boolean {
    return this.#isKept
  }

  /** It is known from now on; `keep` has to follow. */
  set(metainfo: Metainfo): void {
    this.#metainfo = metainfo
    this.#isKept = false
  }

  /** Rejects with the system's error where it cannot be kept. */
  async keep(): Promise<void> {
    if (this.#isKept || this.#metainfo === null) return
    const metainfo = this.#metainfo
    await this.#options.store.saveMetadata(metainfo.torrentFile)
    this.#metainfo = this.#onDisk(metainfo)
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
    const { exactSources, infoHash, store, condition } = this.#options
    if (exactSources.length === 0 || this.#isAsking) return null
    const { fetchTorrent } = store
    this.#isAsking = true
    const metainfo = await askExactSources({
      ...{ urls: exactSources, infoHash, fetchTorrent, signal, log: condition.log },
    })
    this.#isAsking = false
    return metainfo
  }

  #onDisk(metainfo: Metainfo): Metainfo {
    const path = this.#options.store.torrentFilePath
    return path === null ? metainfo : StoredMetainfo.of(metainfo, path)
  }
}
