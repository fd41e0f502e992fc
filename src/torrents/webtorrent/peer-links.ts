import type { Torrent } from 'webtorrent'
import { endpointOf } from '../../peer-address.ts'
import type { Bitfield } from '../pieces/bitfield.ts'
import type { PeerLink } from './peer-link.ts'

/** The peers that one torrent is connected to. */
export class PeerLinks implements Iterable<PeerLink> {
  readonly #torrent: Torrent
  readonly #silentMs: number
  readonly #links = new Set<PeerLink>()

  /** @param silentMs - A peer that owes us blocks and sends none for so long makes room for another. */
  constructor(torrent: Torrent, silentMs: number) {
    this.#torrent = torrent
    this.#silentMs = silentMs
  }

  get size(): number {
    return this.#links.size
  }

  [Symbol.iterator](): Iterator<PeerLink> {
    return this.#links[Symbol.iterator]()
  }

  add(link: PeerLink): void {
    this.#links.add(link)
  }

  remove(link: PeerLink): void {
    this.#links.delete(link)
  }

  /** Tells all what we have, in full. */
  offer(have: Bitfield): void {
    for (const link of [...this.#links]) link.offer(have)
  }

  /** Tells all of a piece that we have from now on. */
  have(piece: number): void {
    for (const link of [...this.#links]) link.have(piece)
  }

  /** Those at an address without its port. */
  at(address: string): PeerLink[] {
    return [...this.#links].filter(({ wire }) => wire.address === address)
  }

  /** Hangs up on one peer, `ip:port`. */
  drop(peer: string): void {
    for (const { wire } of [...this.#links]) if (endpointOf(wire) === peer) wire.destroy()
  }

  /** Hangs up on those that keep us waiting, and those that take nothing. `now` in milliseconds. */
  dropUseless(now: number): void {
    const unsent = new Map<unknown, number>()
    for (const { wire, conn } of this.#torrent._peers.values()) {
      unsent.set(wire, conn?.writableLength ?? 0)
    }
    for (const link of [...this.#links]) {
      const isSilent = link.wire.overdueMs > this.#silentMs
      if (isSilent || link.isDeaf(unsent, now)) link.wire.destroy()
    }
  }
}
