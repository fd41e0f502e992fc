import type { Sender } from './block-provenance.ts'

/** Contradicted by so many addresses, a peer is taken for the liar. */
const OUTVOTED_BY = 2
/** Peers remembered; the oldest are forgotten first. */
const MOST_PEERS = 2_000

/**
 * Who has sent something else than whom. Of two peers that contradict each other either may lie, so both
 * are doubted, until a second address contradicts one of them. Who has never agreed with anybody has no say in that: several
 * who send noise contradict everybody.
 */
export class Contradictions {
  /** By peer (`ip:port`): addresses of the peers that contradict it, by peer. */
  readonly #of = new Map<string, Map<string, string>>()
  /** Peers that have sent the same as somebody else. */
  readonly #agreeing = new Set<string>()
  readonly #outvoted = new Set<string>()

  /** Returns the peers that are outvoted by it now. */
  add(one: Sender, other: Sender): readonly string[] {
    this.#note(one, other)
    this.#note(other, one)
    const outvoted = this.#count([one.peer, other.peer])
    const [oldest] = this.#of.keys()
    if (this.#of.size > MOST_PEERS && oldest !== undefined) this.forget(oldest)
    return outvoted
  }

  /** Two peers at different addresses have sent the same. Returns the peers that are outvoted by it now. */
  agreed(one: string, other: string): readonly string[] {
    const outvoted: string[] = []
    for (const peer of [one, other]) {
      if (this.#agreeing.has(peer)) continue
      this.#agreeing.add(peer)
      outvoted.push(...this.#count(this.#of.get(peer)?.keys() ?? []))
    }
    const [oldest] = this.#agreeing
    if (this.#agreeing.size > MOST_PEERS && oldest !== undefined) this.#agreeing.delete(oldest)
    return outvoted
  }

  /** Two addresses say something else than it. */
  isOutvoted(peer: string): boolean {
    return this.#outvoted.has(peer)
  }

  isDoubted(peer: string): boolean {
    const others = this.#of.get(peer)
    if (others === undefined) return false
    if (this.#outvoted.has(peer)) return true
    for (const other of others.keys()) if (!this.#outvoted.has(other)) return true
    return false
  }

  /** What the peer says, or has said, counts for nothing: it was banned, or its contradictions are settled. */
  forget(peer: string): void {
    const others = this.#of.get(peer)
    this.#of.delete(peer)
    this.#agreeing.delete(peer)
    this.#outvoted.delete(peer)
    for (const other of others?.keys() ?? []) {
      this.#of.get(other)?.delete(peer)
      if (this.#of.get(other)?.size === 0) this.#of.delete(other)
      this.#outvoted.delete(other)
      this.#count([other])
    }
  }

  #note(peer: Sender, other: Sender): void {
    const others = this.#of.get(peer.peer) ?? new Map<string, string>()
    others.set(other.peer, other.address)
    this.#of.set(peer.peer, others)
  }

  /** Those of the peers that are outvoted now and were not before. */
  #count(peers: Iterable<string>): readonly string[] {
    const outvoted: string[] = []
    for (const peer of peers) {
      if (this.#outvoted.has(peer)) continue
      const addresses = new Set<string>()
      for (const [other, address] of this.#of.get(peer) ?? []) {
        if (!this.#outvoted.has(other) && this.#agreeing.has(other)) addresses.add(address)
      }
      if (addresses.size < OUTVOTED_BY) continue
      this.#outvoted.add(peer)
      outvoted.push(peer)
    }
    return outvoted
  }
}
