import { encodePex, MAX_PEX_BYTES, type PexPeer, parsePexAdded } from './ut-pex.ts'

/** BEP 11: not more often than once a minute. */
export const PEX_INTERVAL_MS = 60_000
/** Messages come early where ours or a peer's clock is late. */
const EARLIEST_MS = PEX_INTERVAL_MS - 15_000
/** So many messages may come early, and be ignored, before a peer is dropped. */
const MAX_EARLY = 10
/** BEP 11: of each of `added` and `dropped`. */
const MAX_SENT_PEERS = 50

/** What is to become of a message of a peer. */
export type PexVerdict =
  | { readonly kind: 'peers'; readonly addresses: readonly string[] }
  /** It came too early, or says nothing. */
  | { readonly kind: 'ignored' }
  /** The peer means harm. */
  | { readonly kind: 'refused' }

/** Peer exchange with one peer (BEP 11), both ways. Times are in milliseconds. */
export class PexExchange {
  /** What the peer has been told of, and not that it is gone. */
  readonly #told = new Set<string>()
  #sentAt = Number.NEGATIVE_INFINITY
  #receivedAt = Number.NEGATIVE_INFINITY
  #early = 0

  received(message: Uint8Array, now: number): PexVerdict {
    if (message.length > MAX_PEX_BYTES) return { kind: 'refused' }
    if (now - this.#receivedAt < EARLIEST_MS) {
      this.#early++
      return { kind: this.#early > MAX_EARLY ? 'refused' : 'ignored' }
    }
    this.#receivedAt = now
    const addresses = parsePexAdded(message)
    return addresses === null ? { kind: 'ignored' } : { kind: 'peers', addresses }
  }

  /** The message that is due, given the peers that we are connected to; `null` where none is. */
  next(connected: readonly PexPeer[], now: number): Uint8Array | null {
    if (now - this.#sentAt < PEX_INTERVAL_MS) return null
    const current = new Set(connected.map(({ address }) => address))
    const added = connected.filter(({ address }) => !this.#told.has(address))
    const dropped = [...this.#told].filter((address) => !current.has(address))
    if (added.length === 0 && dropped.length === 0) return null
    this.#sentAt = now
    const update = {
      added: added.slice(0, MAX_SENT_PEERS),
      dropped: dropped.slice(0, MAX_SENT_PEERS),
    }
    for (const { address } of update.added) this.#told.add(address)
    for (const address of update.dropped) this.#told.delete(address)
    return encodePex(update)
  }
}
