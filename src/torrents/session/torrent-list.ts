import { type InfoHash, parseInfoHash } from '../metainfo/info-hash.ts'
import type { TorrentFacts } from '../metainfo/metainfo.ts'
import type { Torrent } from '../torrent/torrent.ts'

/** The torrents of a session, by info hash and in the order of their ids. */
export class TorrentList {
  readonly #byInfoHash = new Map<InfoHash, Torrent>()
  readonly #byId = new Map<number, Torrent>()
  /** Those that are not on the disk yet. */
  readonly #quiet = new Set<Torrent>()
  /** Those that nobody has been promised yet, and what they wait for to be kept for later runs. */
  readonly #provisional = new Map<Torrent, 'known' | 'promised'>()
  /** `null` where it has to be made again. */
  #all: readonly Torrent[] | null = null

  /** By ascending id. */
  get all(): readonly Torrent[] {
    this.#all ??= [...this.#byId.values()].sort((a, b) => a.id - b.id)
    return this.#all
  }

  /** Those in their swarms, which meet peers. */
  get atWork(): readonly InfoHash[] {
    return this.all.filter(({ swarm }) => swarm !== null).map(({ infoHash }) => infoHash)
  }

  get(infoHash: InfoHash): Torrent | undefined {
    return this.#byInfoHash.get(infoHash)
  }

  /** What is known of a torrent that has a place for its files; `null` for any other. */
  metainfoOf(infoHash: InfoHash): TorrentFacts | null {
    const torrent = this.#byInfoHash.get(infoHash)
    return torrent?.holdings ? torrent.metainfo : null
  }

  has(torrent: Torrent): boolean {
    return this.#byInfoHash.get(torrent.infoHash) === torrent
  }

  /** By decimal id, or by info hash (hex or base32). */
  find(idOrInfoHash: string): Torrent | undefined {
    const infoHash = parseInfoHash(idOrInfoHash)
    if (infoHash !== null) return this.#byInfoHash.get(infoHash)
    return /^\d{1,15}$/.test(idOrInfoHash) ? this.#byId.get(Number(idOrInfoHash)) : undefined
  }

  add(torrent: Torrent): void {
    this.#byInfoHash.set(torrent.infoHash, torrent)
    this.#byId.set(torrent.id, torrent)
    this.#all = null
  }

  /** Nobody is to be told of a new one before it is on the disk. */
  keepQuiet(torrent: Torrent): void {
    this.#quiet.add(torrent)
  }

  announce(torrent: Torrent): void {
    this.#quiet.delete(torrent)
  }

  isAnnounced(torrent: Torrent): boolean {
    return !this.#quiet.has(torrent)
  }

  /**
   * A restart knows nothing of it before its metadata is known, as of a magnet whose addition is answered then; or before
   * it is promised.
   */
  keepOnce(torrent: Torrent, when: 'known' | 'promised'): void {
    this.#provisional.set(torrent, when)
  }

  isProvisional(torrent: Torrent): boolean {
    return this.#provisional.has(torrent)
  }

  /** From now on it is kept, whatever becomes of it; false where that was so before. */
  promise(torrent: Torrent): boolean {
    return this.#provisional.delete(torrent)
  }

  /** The same for good only where `work` succeeds, which saves it. */
  async promised(torrent: Torrent, work: () => Promise<void>): Promise<void> {
    const before = this.#provisional.get(torrent)
    this.promise(torrent)
    try {
      await work()
    } catch (error) {
      if (before !== undefined && this.has(torrent)) this.#provisional.set(torrent, before)
      throw error
    }
  }

  /** Whether a restart is to know of it. */
  isToBeKept(torrent: Torrent): boolean {
    const waitsFor = this.#provisional.get(torrent)
    return waitsFor === undefined || (waitsFor === 'known' && torrent.life.metadata.isKept)
  }

  delete(torrent: Torrent): void {
    this.#quiet.delete(torrent)
    this.#provisional.delete(torrent)
    this.#byInfoHash.delete(torrent.infoHash)
    this.#byId.delete(torrent.id)
    this.#all = null
  }
}
