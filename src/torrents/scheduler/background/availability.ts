import { Bitfield } from '../../pieces/bitfield.ts'
import type { Wire } from '../model/wire.ts'
import type { RarityPool } from './rarest-first.ts'

/** Which pieces the wires have; keeps the pool's rarities, in which seeds do not count. */
export class Availability {
  readonly #pool: RarityPool
  readonly #pieceCount: number

  constructor(pool: RarityPool, pieceCount: number) {
    this.#pool = pool
    this.#pieceCount = pieceCount
  }

  /** The wire has these pieces and no others. */
  replace(wire: Wire, pieces: Uint8Array): void {
    this.remove(wire)
    wire.pieces = new Bitfield(this.#pieceCount, pieces)
    if (!wire.pieces.isFull) this.#each(wire, (piece) => this.#pool.raise(piece))
  }

  gained(wire: Wire, piece: number): void {
    if (wire.pieces.has(piece)) return
    wire.pieces.set(piece)
    if (!wire.pieces.isFull) this.#pool.raise(piece)
    else this.#each(wire, (other) => other !== piece && this.#pool.lower(other))
  }

  /** The wire has nothing. */
  remove(wire: Wire): void {
    if (!wire.pieces.isFull) this.#each(wire, (piece) => this.#pool.lower(piece))
    wire.pieces = new Bitfield(this.#pieceCount)
  }

  #each(wire: Wire, visit: (piece: number) => void): void {
    for (let piece = 0; piece < this.#pieceCount; piece++) {
      if (wire.pieces.has(piece)) visit(piece)
    }
  }
}
