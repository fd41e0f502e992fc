/**
 * Pieces in a pool, rarest first, kept in order while availabilities change by one at a time.
 * Seeds are not counted: they change nothing about the order. Equally rare pieces stand in random
 * order, so that peers of one swarm do not all fetch the same.
 */
export class RarestFirst {
  /** Pool pieces, by rising availability; the first `#size` entries count. */
  readonly #order: Uint32Array
  /** Place of each piece in the order; -1 where it is not in the pool. */
  readonly #places: Int32Array
  readonly #availability: Uint16Array
  /** End (exclusive) of each run of equal availability. */
  readonly #ends: number[] = [0]
  readonly #random: () => number

  constructor(pieceCount: number, random: () => number) {
    this.#order = new Uint32Array(pieceCount)
    this.#places = new Int32Array(pieceCount).fill(-1)
    this.#availability = new Uint16Array(pieceCount)
    this.#random = random
  }

  get size(): number {
    return this.#ends.at(-1) ?? 0
  }

  has(piece: number): boolean {
    return this.#place(piece) >= 0
  }

  /** The rarest piece that `accepts`, of those that at least `fewest` wires have that are no seeds; -1: none. */
  find(accepts: (piece: number) => boolean, fewest = 0): number {
    const { size } = this
    const start = fewest === 0 ? 0 : this.#end(Math.min(fewest, this.#ends.length) - 1)
    for (let place = start; place < size; place++) {
      const piece = this.#order[place] ?? 0
      if (accepts(piece)) return piece
    }
    return -1
  }

  add(piece: number): void {
    if (this.has(piece)) return
    const availability = this.#availabilityOf(piece)
    this.#grow(availability)
    // Make room at the end of its run: the first piece of each later run moves to that run's end.
    for (let run = this.#ends.length - 1; run > availability; run--) {
      const first = this.#end(run - 1)
      if (first < this.#end(run)) this.#put(this.#order[first] ?? 0, this.#end(run))
      this.#ends[run] = this.#end(run) + 1
    }
    const place = this.#end(availability)
    this.#ends[availability] = place + 1
    this.#put(piece, place)
    const start = availability === 0 ? 0 : this.#end(availability - 1)
    this.#swap(place, start + Math.floor(this.#random() * (place + 1 - start)))
  }

  remove(piece: number): void {
    if (!this.has(piece)) return
    const availability = this.#availabilityOf(piece)
    this.#swap(this.#place(piece), this.#end(availability) - 1)
    let hole = this.#end(availability) - 1
    this.#ends[availability] = hole
    for (let run = availability + 1; run < this.#ends.length; run++) {
      const last = this.#end(run) - 1
      if (last > hole) this.#put(this.#order[last] ?? 0, hole)
      this.#ends[run] = last
      hole = last
    }
    this.#places[piece] = -1
  }

  /** One more wire that is no seed has the piece. */
  raise(piece: number): void {
    const availability = this.#availabilityOf(piece)
    this.#grow(availability + 1)
    if (this.has(piece)) {
      const last = this.#end(availability) - 1
      this.#swap(this.#place(piece), last)
      this.#ends[availability] = last
    }
    this.#availability[piece] = availability + 1
  }

  lower(piece: number): void {
    const availability = this.#availabilityOf(piece)
    if (availability === 0) return
    if (this.has(piece)) {
      const first = this.#end(availability - 1)
      this.#swap(this.#place(piece), first)
      this.#ends[availability - 1] = first + 1
    }
    this.#availability[piece] = availability - 1
  }

  #grow(availability: number): void {
    while (this.#ends.length <= availability) this.#ends.push(this.size)
  }

  #swap(one: number, other: number): void {
    const piece = this.#order[one] ?? 0
    this.#put(this.#order[other] ?? 0, one)
    this.#put(piece, other)
  }

  #put(piece: number, place: number): void {
    this.#order[place] = piece
    this.#places[piece] = place
  }

  #end(run: number): number {
    return this.#ends[run] ?? 0
  }

  #place(piece: number): number {
    return this.#places[piece] ?? -1
  }

  #availabilityOf(piece: number): number {
    return this.#availability[piece] ?? 0
  }
}
