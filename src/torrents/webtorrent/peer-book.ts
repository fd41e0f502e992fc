import type { Torrent } from 'webtorrent'
import { addressOf } from '../../peer-address.ts'

/** The addresses (`ip:port`) of one torrent's peers that were given by hand, or were connected once. */
export class PeerBook {
  readonly #torrent: Torrent
  readonly #addresses = new Set<string>()

  constructor(torrent: Torrent) {
    this.#torrent = torrent
  }

  get addresses(): readonly string[] {
    return [...this.#addresses]
  }

  note(address: string): void {
    this.#addresses.add(address)
  }

  /** Notes it, and connects to it as soon as the engine can. */
  dial(address: string): void {
    this.note(address)
    const torrent = this.#torrent
    if (torrent.destroyed) return
    if (torrent.infoHash !== undefined) torrent.addPeer(address)
    else torrent.once('infoHash', () => torrent.addPeer(address))
  }

  /** Tries all again. */
  dialAll(): void {
    if (this.#torrent.destroyed) return
    for (const address of this.#addresses) this.#torrent.addPeer(address)
  }

  /** @param banned - `ip:port`, or an address for all of its ports. */
  forget(banned: string): void {
    for (const known of this.#addresses) {
      if (known === banned || addressOf(known) === banned) this.#addresses.delete(known)
    }
  }
}
