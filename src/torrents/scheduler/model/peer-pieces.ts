import { Bitfield } from '../../pieces/bitfield.ts'
import type { Clock } from './clock.ts'

/** What a peer may be allowed while it chokes us (BEP 6 suggests 10); more is not remembered. */
const MOST_ALLOWED_FAST = 100

/** Which pieces a peer has, and which of them it gives: all, or those allowed fast (BEP 6) while it chokes us. */
export class PeerPieces {
  readonly #clock: Clock
  readonly #allowedFast = new Set<number>()
  #have: Bitfield
  #isChoked = true
  #chokedAt = Number.NEGATIVE_INFINITY

  constructor(pieceCount: number, clock: Clock) {
    this.#have = new Bitfield(pieceCount)
    this.#clock = clock
  }

  has(piece: number): boolean {
    return this.#have.has(piece)
  }

  get isFull(): boolean {
    return this.#have.isFull
  }

  get isChoked(): boolean {
    return this.#isChoked
  }

  /** When it last began to choke us, after it had not; ms. */
  get chokedAt(): number {
    return this.#chokedAt
  }

  /** It gives something, if it has it. */
  get mayGive(): boolean {
    return !this.#isChoked || this.#allowedFast.size > 0
  }

  /** It has the piece, and does not choke us as far as that goes. */
  gives(piece: number): boolean {
    if (this.#isChoked && !this.#allowedFast.has(piece)) return false
    return this.#have.isFull || this.#have.has(piece)
  }

  /** It has these and no others: one bit for each, most significant first. */
  replace(pieces: Uint8Array): void {
    this.#have = new Bitfield(this.#have.length, pieces)
  }

  add(piece: number): void {
    this.#have.set(piece)
  }

  choke(): void {
    this.#isChoked = true
    this.#chokedAt = this.#clock.now
  }

  unchoke(): void {
    this.#isChoked = false
  }

  /** The peer gives the piece even while it chokes us. False where that changes nothing. */
  allowFast(piece: number): boolean {
    if (this.#allowedFast.size >= MOST_ALLOWED_FAST || this.#allowedFast.has(piece)) return false
    this.#allowedFast.add(piece)
    return true
  }
}
