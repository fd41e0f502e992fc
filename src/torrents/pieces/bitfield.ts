import { bitCount } from './bit-count.ts'

/** One bit for each piece, most significant bit first as on the wire (BEP 3). */
export class Bitfield {
  readonly length: number
  /** `null` as long as all bits are alike, as those of most torrents that rest and of most peers. */
  #bytes: Uint8Array | null = null
  #count = 0
  #changes = 0

  /** `bytes` is copied; missing bytes are zeros, and bits past `length` are ignored. */
  constructor(length: number, bytes?: Uint8Array) {
    this.length = length
    if (bytes === undefined) return
    const own = new Uint8Array(Math.ceil(length / 8))
    own.set(bytes.subarray(0, own.length))
    maskEnd(own, length)
    this.#count = bitCount(own)
    if (this.#count > 0 && this.#count < length) this.#bytes = own
  }

  get bytes(): Uint8Array {
    if (this.#bytes !== null) return this.#bytes
    const bytes = new Uint8Array(Math.ceil(this.length / 8))
    if (this.#count > 0) maskEnd(bytes.fill(0xff), this.length)
    this.#bytes = bytes
    return bytes
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
    const bytes = this.#bytes
    if (bytes === null) return this.#count > 0 && piece >= 0 && piece < this.length
    return ((bytes[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0
  }

  set(piece: number): void {
    if (piece < 0 || piece >= this.length || this.has(piece)) return
    const { bytes } = this
    bytes[piece >> 3] = (bytes[piece >> 3] ?? 0) | (0x80 >> (piece & 7))
    this.#count++
    this.#changes++
  }

  clear(piece: number): void {
    if (!this.has(piece)) return
    const { bytes } = this
    bytes[piece >> 3] = (bytes[piece >> 3] ?? 0) & ~(0x80 >> (piece & 7))
    this.#count--
    this.#changes++
  }
}

/** Clears what the last byte has past `length` bits. */
function maskEnd(bytes: Uint8Array, length: number): void {
  const last = bytes.length - 1
  if (last >= 0 && length % 8 !== 0) bytes[last] = (bytes[last] ?? 0) & (0xff00 >> (length % 8))
}
