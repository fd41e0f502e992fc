/** Suspicious pieces remembered; a swarm with more is beyond help. */
const MOST_SUSPECTS = 4_096
/** Addresses of liars remembered; the oldest are forgotten first. */
const MOST_CONVICTED = 2_000

/** What matters of a wire. */
export interface ParoleWire {
  readonly peer: string
  readonly isDelivering: boolean
}

/**
 * Finds out who lies by asking one at a time. A piece that was wrong is fetched from one peer alone,
 * and whoever sent blocks of it is on parole: until a piece that it contributed to is right, what it
 * begins it downloads alone. A wrong piece of one peer proves that peer's lie; a right one clears it, and
 * tells by comparison who sent the wrong blocks before. Nobody is accused on suspicion.
 */
export class Parole {
  /** Peers (`ip:port`) that sent blocks of a wrong piece and of no right one since. */
  readonly #onParole = new Set<string>()
  /** Wrong pieces that are not right yet. */
  readonly #suspects = new Set<number>()
  /** The one peer that a piece is fetched from. */
  readonly #reserved = new Map<number, string>()
  /** The peers that each suspicious piece has been fetched from since it was wrong last. */
  readonly #holders = new Map<number, Set<string>>()
  /** Peers that kept a piece too long. */
  readonly #slow = new Set<string>()
  /** IP addresses that a banned peer had. */
  readonly #convicted = new Set<string>()
  readonly #isDeliverable: (piece: number) => boolean
  readonly #isOutvoted: (peer: string) => boolean

  /**
   * `isDeliverable`: has a wire the piece that may be asked, and has sent something lately?
   * `isOutvoted`: have two addresses sent something else than the peer?
   */
  constructor(isDeliverable: (piece: number) => boolean, isOutvoted: (peer: string) => boolean) {
    this.#isDeliverable = isDeliverable
    this.#isOutvoted = isOutvoted
  }

  /** Are there pieces that only one peer may send? Nothing must be left to others then: they may not. */
  get isActive(): boolean {
    return this.#reserved.size > 0
  }

  /** May the peer be asked for blocks of the piece? One that sends nothing keeps it from nobody who would. */
  allows({ peer, isDelivering }: ParoleWire, piece: number): boolean {
    const isOutvoted = this.#isOutvoted(peer)
    const isAny = this.#reserved.size > 0 || this.#suspects.size > 0 || this.#slow.size > 0
    if (!isAny && !isOutvoted) return true
    const only = this.#reserved.get(piece)
    if (only !== undefined) return only === peer
    // Those who outvote may be the liars: a piece that was wrong is asked of everybody in turn.
    const isSlow = this.#slow.has(peer) || (isOutvoted && !this.#suspects.has(piece))
    if (!isSlow && (isDelivering || !this.#suspects.has(piece))) return true
    return !this.#isDeliverable(piece)
  }

  /** The one peer (`ip:port`) that the piece is fetched from, if there is such. */
  holderOf(piece: number): string | undefined {
    return this.#reserved.get(piece)
  }

  /** The piece comes from the peer alone. */
  reserve(piece: number, peer: string): void {
    this.#reserved.set(piece, peer)
  }

  reservedFor(peer: string): readonly number[] {
    return [...this.#reserved].filter(([, only]) => only === peer).map(([piece]) => piece)
  }

  /** Others have what it holds much sooner: it is asked for nothing more that they would send. */
  tooSlow(peer: string): void {
    this.#slow.add(peer)
  }

  /** Nothing is asked of it that others would send. */
  isLast(peer: string): boolean {
    return this.#slow.has(peer) || this.#isOutvoted(peer)
  }

  /** The piece was wrong, and is not right yet. */
  isSuspect(piece: number): boolean {
    return this.#suspects.has(piece)
  }

  /**
   * The peer is about to be asked for a block of the piece. True where what others have sent of it has
   * to go: they were interrupted, and a mixture of both would prove nothing. Once for each peer and
   * delivery, so that among peers that keep stopping the piece is whole some day all the same.
   */
  asked(peer: string, piece: number): boolean {
    if (this.#suspects.size === 0 && this.#onParole.size === 0) return false
    const isSuspect = this.#suspects.has(piece)
    if (!isSuspect && !this.#onParole.has(peer)) return false
    this.#reserved.set(piece, peer)
    if (!isSuspect) return false
    const holders = this.#holders.get(piece) ?? new Set<string>()
    this.#holders.set(piece, holders)
    const isTakenOver = holders.size > 0 && !holders.has(peer)
    holders.add(peer)
    return isTakenOver
  }

  /** There are others now who can tell whether it lies: it need not be alone any more. */
  acquit(peer: string): void {
    this.#onParole.delete(peer)
    for (const [piece, only] of this.#reserved) {
      if (only === peer && !this.#suspects.has(piece)) this.#reserved.delete(piece)
    }
  }

  /** Who was where somebody lied before. */
  suspect(peer: string): void {
    this.#onParole.add(peer)
  }

  /** A peer of this address has lied. */
  convict(address: string): void {
    this.#convicted.add(address)
    const [oldest] = this.#convicted
    if (this.#convicted.size > MOST_CONVICTED && oldest !== undefined) {
      this.#convicted.delete(oldest)
    }
  }

  isConvicted(address: string): boolean {
    return this.#convicted.has(address)
  }

  failed(piece: number, senders: Iterable<string>): void {
    this.#reserved.delete(piece)
    this.#holders.delete(piece)
    this.#suspects.add(piece)
    if (this.#suspects.size > MOST_SUSPECTS) {
      const [oldest] = this.#suspects
      if (oldest !== undefined) this.verified(oldest)
    }
    for (const sender of senders) this.#onParole.add(sender)
  }

  verified(piece: number): void {
    this.#reserved.delete(piece)
    this.#holders.delete(piece)
    this.#suspects.delete(piece)
  }

  /** The peer has contributed to a verified piece. */
  cleared(peer: string): void {
    this.#onParole.delete(peer)
    this.#slow.delete(peer)
  }

  /** Others may have what was kept for the peer: it is gone, silent, or chokes us. True where there was anything. */
  release(peer: string): boolean {
    let isAny = false
    for (const [piece, only] of this.#reserved) {
      if (only !== peer) continue
      this.#reserved.delete(piece)
      isAny = true
    }
    return isAny
  }

  /** The peer has left and will not be known again. */
  forget(peer: string): void {
    this.#onParole.delete(peer)
    this.#slow.delete(peer)
  }
}
