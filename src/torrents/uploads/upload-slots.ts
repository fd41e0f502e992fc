/** Peers of one torrent that are uploaded to at once, one of them by chance. */
const SLOTS_PER_TORRENT = 8
/** Of all torrents together. */
const SLOTS = 40

/** The unchoke slots that all torrents share. */
export class UploadSlots {
  readonly #used = new Map<object, number>()

  /** How many `torrent` may use, those that it uses already among them. */
  available(torrent: object): number {
    let others = 0
    for (const [key, count] of this.#used) if (key !== torrent) others += count
    return Math.max(0, Math.min(SLOTS_PER_TORRENT, SLOTS - others))
  }

  /** `torrent` uses so many from now on. */
  use(torrent: object, count: number): void {
    if (count === 0) this.#used.delete(torrent)
    else this.#used.set(torrent, count)
  }
}
