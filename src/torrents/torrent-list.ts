import { type InfoHash, parseInfoHash } from './info-hash.ts'
import type { Torrent } from './torrent.ts'

/** The torrents of a session, by info hash and in the order of their ids. */
export class TorrentList {
  readonly #torrents = new Map<InfoHash, Torrent>()

  /** By ascending id. */
  get all(): readonly Torrent[] {
    return [...this.#torrents.values()].sort((a, b) => a.id - b.id)
  }

  get(infoHash: InfoHash): Torrent | undefined {
    return this.#torrents.get(infoHash)
  }

  has(torrent: Torrent): boolean {
    return this.#torrents.get(torrent.infoHash) === torrent
  }

  /** By decimal id, or by info hash (hex or base32). */
  find(idOrInfoHash: string): Torrent | undefined {
    const infoHash = parseInfoHash(idOrInfoHash)
    if (infoHash !== null) return this.#torrents.get(infoHash)
    if (!/^\d{1,15}$/.test(idOrInfoHash)) return undefined
    const id = Number(idOrInfoHash)
    return this.all.find((torrent) => torrent.id === id)
  }

  add(torrent: Torrent): void {
    this.#torrents.set(torrent.infoHash, torrent)
  }

  delete(torrent: Torrent): void {
    this.#torrents.delete(torrent.infoHash)
  }
}
