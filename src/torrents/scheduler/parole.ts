/** Suspicious pieces remembered; a swarm with more is beyond help. */
const MOST_SUSPECTS = 4_096

/**
 * Finds out who lies by asking one at a time. A piece that was wrong is fetched from one peer alone,
 * and whoever sent blocks of it is on parole: until a piece that it contributed to is right, what it
 * begins it downloads alone. A wrong piece of one peer proves that peer's lie; a right one clears it, and
 * tells by comparison who sent the wrong blocks before. Nobody is accused on suspicion.
 */
export class Parole {
  /** Peers, by number, that sent blocks of a wrong piece and of no right one since. */
  readonly #onParole = new Set<number>()
  /** Wrong pieces that are not right yet. */
  readonly #suspects = new Set<number>()
  /** The one peer that a piece is fetched from. */
  readonly #reserved = new Map<number, number>()

  /** Are there pieces that only one peer may send? Nothing must be left to others then: they may not. */
  get isActive(): boolean {
    return this.#reserved.size > 0
  }

  /** May the peer be asked for blocks of the piece? */
  allows(peer: number, piece: number): boolean {
    if (this.#reserved.size === 0) return true
    const only = this.#reserved.get(piece)
    return only === undefined || only === peer
  }

  /** The peer is about to be asked for a block of the piece. */
  asked(peer: number, piece: number): void {
    if (this.#suspects.size === 0 && this.#onParole.size === 0) return
    if (this.#suspects.has(piece) || this.#onParole.has(peer)) this.#reserved.set(piece, peer)
  }

  /** Who was where somebody lied before. */
  suspect(peer: number): void {
    this.#onParole.add(peer)
  }

  isSuspect(piece: number): boolean {
    return this.#suspects.has(piece)
  }

  failed(piece: number, senders: Iterable<number>): void {
    this.#reserved.delete(piece)
    this.#suspects.add(piece)
    if (this.#suspects.size > MOST_SUSPECTS) {
      const [oldest] = this.#suspects
      if (oldest !== undefined) this.#suspects.delete(oldest)
    }
    for (const sender of senders) this.#onParole.add(sender)
  }

  verified(piece: number): void {
    this.#reserved.delete(piece)
    this.#suspects.delete(piece)
  }

  /** The peer has contributed to a verified piece. */
  cleared(peer: number): void {
    this.#onParole.delete(peer)
  }

  /** Others may have what was kept for the peer: it is gone, silent, or chokes us. True where there was anything. */
  release(peer: number): boolean {
    let isAny = false
    for (const [piece, only] of this.#reserved) {
      if (only !== peer) continue
      this.#reserved.delete(piece)
      isAny = true
    }
    return isAny
  }

  /** The peer has left and will not be known again. */
  forget(peer: number): void {
    this.#onParole.delete(peer)
  }
}
