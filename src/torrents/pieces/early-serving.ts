/**
 * When a block may go to a viewer before its piece has been hashed.
 * `proven`: it came from a peer that has contributed to a verified piece in this session, and to no
 * wrong one since, or two addresses delivered the same bytes. `always`: at once. `off`: never.
 */
export type Verification = 'proven' | 'always' | 'off'

/** Peers remembered as trusted; those that contributed longest ago are forgotten first. */
const MOST_TRUSTED = 2_000

/** Who is trusted, and which blocks are vouched for, in one torrent. */
export class EarlyServing {
  readonly #verification: Verification
  /** Peers, `ip:port`. */
  readonly #trusted = new Set<string>()
  readonly #proven = new Map<number, Set<number>>()

  constructor(verification: Verification) {
    this.#verification = verification
  }

  /** The peer has contributed to a verified piece. */
  trust(peer: string): void {
    this.#trusted.delete(peer)
    this.#trusted.add(peer)
    const [oldest] = this.#trusted
    if (this.#trusted.size > MOST_TRUSTED && oldest !== undefined) this.#trusted.delete(oldest)
  }

  /** It has sent blocks of a wrong piece: until it contributes to a right one, it counts as unknown. */
  distrust(peer: string): void {
    this.#trusted.delete(peer)
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
