/**
 * When a block may go to a viewer before its piece has been hashed.
 * `proven`: it came from an address that has contributed to a verified piece in this session, or
 * two addresses delivered the same bytes. `always`: at once. `off`: never.
 */
export type Verification = 'proven' | 'always' | 'off'

/** Who is trusted, and which blocks are vouched for, in one torrent. */
export class EarlyServing {
  readonly #verification: Verification
  readonly #trusted = new Set<string>()
  readonly #distrusted = new Set<string>()
  readonly #proven = new Map<number, Set<number>>()

  constructor(verification: Verification) {
    this.#verification = verification
  }

  /** True where the address is trusted from now on and was not before. */
  trust(address: string): boolean {
    if (this.#trusted.has(address) || this.#distrusted.has(address)) return false
    this.#trusted.add(address)
    return true
  }

  /** For good: pieces that it contributed to may still turn out to be right. */
  distrust(address: string): void {
    this.#trusted.delete(address)
    this.#distrusted.add(address)
  }

  /** Two addresses delivered the same bytes. */
  prove(piece: number, offset: number): void {
    const offsets = this.#proven.get(piece) ?? new Set<number>()
    offsets.add(offset)
    this.#proven.set(piece, offsets)
  }

  /** The piece is verified, or its blocks are gone. */
  forget(piece: number): void {
    this.#proven.delete(piece)
  }

  /** May the block at `offset` of `piece`, sent by `sender`, be given out unverified? */
  allows(piece: number, offset: number, sender: string | undefined): boolean {
    switch (this.#verification) {
      case 'always':
        return true
      case 'off':
        return false
      case 'proven': {
        if (sender !== undefined && this.#trusted.has(sender)) return true
        return this.#proven.get(piece)?.has(offset) ?? false
      }
    }
  }
}
