import type { Wire } from '../model/wire.ts'
import type { RarestFirst } from './rarest-first.ts'

const NONE = new Uint8Array()

/** Which pieces the wires have; keeps the order by rarity, in which seeds do not count. */
export class Availability {
  readonly #rarest: RarestFirst
  readonly #pieceCount: number

  constructor(rarest: RarestFirst, pieceCount: number) {
    this.#rarest = rarest
    this.#pieceCount = pieceCount
  }

  /** The wire has these pieces and no others. */
  replace(wire: Wire, pieces: Uint8Array): void {
    this.remove(wire)
    wire.pieces.replace(pieces)
    if (!wire.pieces.isFull) this.#each(wire, (piece) => this.#rarest.raise(piece))
  }

  gained(wire: Wire, piece: number): void {
    if (wire.pieces.has(piece)) return
    wire.pieces.add(piece)
    if (!wire.pieces.isFull) this.#rarest.raise(piece)
    else this.#each(wire, (other) => other !== piece && this.#rarest.lower(other))
  }

  /** The wire has nothing. */
  remove(wire: Wire): void {
    if (!wire.pieces.isFull) this.#each(wire, (piece) => this.#rarest.lower(piece))
    wire.pieces.replace(NONE)
  }

  #each(wire: Wire, visit: (piece: number) => void): void {
    for (let piece = 0; piece < this.#pieceCount; piece++) {
      if (wire.pieces.has(piece)) visit(piece)
    }
  }
}
