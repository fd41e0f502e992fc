/** One bit for each piece, most significant bit first as on the wire (BEP 3). */
export class Bitfield {
  readonly bytes: Uint8Array
  readonly length: number
  #count = 0
  #changes = 0

  /** `bytes` is copied; missing bytes are zeros, and bits past `length` are ignored. */
  constructor(length: number, bytes?: Uint8Array) {
    this.length = length
    this.bytes = new Uint8Array(Math.ceil(length / 8))
    if (bytes === undefined) return
    const given = new Uint8Array(this.bytes.length)
    given.set(bytes.subarray(0, given.length))
    for (let piece = 0; piece < length; piece++) {
      if (((given[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0) this.set(piece)
    }
  }

  /** Number of bits that are set. */
  get count(): number {
    return this.#count
  }

  /** Rises with every bit that changes. */
  get changes(): number {
    return this.#changes
  }

  get isFull(): boolean {
    return this.#count === this.length
  }

  has(piece: number): boolean {
    return ((this.bytes[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0
  }

  set(piece: number): void {
    if (piece < 0 || piece >= this.length || this.has(piece)) return
    this.bytes[piece >> 3] = (this.bytes[piece >> 3] ?? 0) | (0x80 >> (piece & 7))
    this.#count++
    this.#changes++
  }

  clear(piece: number): void {
    if (!this.has(piece)) return
    this.bytes[piece >> 3] = (this.bytes[piece >> 3] ?? 0) & ~(0x80 >> (piece & 7))
    this.#count--
    this.#changes++
  }
}
