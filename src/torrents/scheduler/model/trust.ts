/** Peers remembered as trusted, and addresses as those of liars; the oldest are forgotten first. */
const MOST_REMEMBERED = 2_000

/**
 * Peers and their IP addresses as small numbers, and what is known about their honesty. Whom we blame
 * or believe is a peer (`ip:port`), as an honest one may share its address with a liar; whose copies
 * of a block count as independent is a matter of addresses.
 */
export class Trust {
  readonly #addresses = new Map<string, Known>()
  readonly #peers = new Map<string, Known>()
  readonly #trusted = new Set<number>()
  /** IP addresses that a banned peer had. */
  readonly #convicted = new Set<string>()
  #next = 0

  /** A wire has been opened: the numbers of its address and of its peer, valid until it is closed. */
  joined(address: string, peer: string): { readonly address: number; readonly peer: number } {
    return { address: this.#join(this.#addresses, address), peer: this.#join(this.#peers, peer) }
  }

  /** The wire has been closed; what is of no use any more is forgotten. */
  left(address: string, peer: string): void {
    leave(this.#addresses, address, () => false)
    leave(this.#peers, peer, (index) => this.#trusted.has(index))
  }

  /** `null` for a peer that is unknown or forgotten. */
  indexOf(peer: string): number | null {
    return this.#peers.get(peer)?.index ?? null
  }

  /** The peer has contributed to a verified piece. */
  trust(peer: number): void {
    this.#trusted.delete(peer)
    this.#trusted.add(peer)
    if (this.#trusted.size > MOST_REMEMBERED) this.#forgetOldest()
  }

  distrust(peer: number): void {
    this.#trusted.delete(peer)
  }

  /** A peer of this address has lied. */
  convict(address: string): void {
    this.#convicted.add(address)
    const [oldest] = this.#convicted
    if (this.#convicted.size > MOST_REMEMBERED && oldest !== undefined) {
      this.#convicted.delete(oldest)
    }
  }

  isConvicted(address: string): boolean {
    return this.#convicted.has(address)
  }

  isTrusted(peer: number): boolean {
    return this.#trusted.has(peer)
  }

  #forgetOldest(): void {
    const [oldest] = this.#trusted
    if (oldest === undefined) return
    this.#trusted.delete(oldest)
    for (const [text, { index, wires }] of this.#peers) {
      if (index === oldest && wires === 0) this.#peers.delete(text)
    }
  }

  #join(known: Map<string, Known>, text: string): number {
    const entry = known.get(text) ?? { index: this.#next++, wires: 0 }
    entry.wires++
    known.set(text, entry)
    return entry.index
  }
}

interface Known {
  readonly index: number
  wires: number
}

function leave(
  known: Map<string, Known>,
  text: string,
  isRemembered: (index: number) => boolean,
): void {
  const entry = known.get(text)
  if (entry === undefined) return
  entry.wires--
  if (entry.wires === 0 && !isRemembered(entry.index)) known.delete(text)
}
