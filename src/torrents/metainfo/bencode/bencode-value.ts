/** Bencode (BEP 3) as it is; dictionaries by their keys as Latin-1, so that no key is special. */
export type BencodeValue = number | Uint8Array | readonly BencodeValue[] | BencodeDictionary
export type BencodeDictionary = ReadonlyMap<string, BencodeValue>

export interface BencodeLimits {
  readonly maxBytes: number
  /** Lists and dictionaries within each other. */
  readonly maxDepth: number
  /** Values and keys in all. */
  readonly maxItems: number
}

const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
const COLON = 0x3a
const MINUS = 0x2d
const [INTEGER, LIST, DICTIONARY, END] = [0x69, 0x6c, 0x64, 0x65]
/** Of a number; 2^53 has 16. */
const MAX_DIGITS = 16

/**
 * Reads a small message of a stranger from the beginning of `bytes`. `null` where it is no bencode
 * or more than the limits; integers beyond 2^53 make it none. Of a key that is there twice the
 * first counts. Byte strings are views of `bytes`.
 */
export function readBencode(
  bytes: Uint8Array,
  limits: BencodeLimits,
): { readonly value: BencodeValue; readonly end: number } | null {
  if (bytes.length > limits.maxBytes) return null
  const reader = new Reader(bytes, limits.maxItems)
  const value = reader.value(limits.maxDepth)
  return value === null ? null : { value, end: reader.position }
}

/** The same, where nothing may follow. */
export function decodeMessage(bytes: Uint8Array, limits: BencodeLimits): BencodeValue | null {
  const read = readBencode(bytes, limits)
  return read !== null && read.end === bytes.length ? read.value : null
}

export function isDictionary(value: BencodeValue | null | undefined): value is BencodeDictionary {
  return value instanceof Map
}

export function isBytes(value: BencodeValue | null | undefined): value is Uint8Array {
  return value instanceof Uint8Array
}

class Reader {
  readonly #bytes: Uint8Array
  #itemsLeft: number
  position = 0

  constructor(bytes: Uint8Array, maxItems: number) {
    this.#bytes = bytes
    this.#itemsLeft = maxItems
  }

  value(depthLeft: number): BencodeValue | null {
    const byte = this.#bytes[this.position]
    if (byte === undefined || this.#itemsLeft-- <= 0) return null
    if (byte >= DIGIT_0 && byte <= DIGIT_9) return this.#string()
    if (byte === INTEGER) return this.#integer()
    if (depthLeft === 0) return null
    if (byte === LIST) return this.#list(depthLeft - 1)
    return byte === DICTIONARY ? this.#dictionary(depthLeft - 1) : null
  }

  #string(): Uint8Array | null {
    const length = this.#digits(COLON)
    if (length === null || length > this.#bytes.length - this.position) return null
    this.position += length
    return this.#bytes.subarray(this.position - length, this.position)
  }

  #integer(): number | null {
    this.position++
    const isNegative = this.#bytes[this.position] === MINUS
    if (isNegative) this.position++
    const digits = this.#digits(END)
    return digits === null || digits === 0 ? digits : isNegative ? -digits : digits
  }

  /** A number without a sign, and the byte behind it. */
  #digits(behind: number): number | null {
    const start = this.position
    let number = 0
    for (;;) {
      const byte = this.#bytes[this.position++]
      if (byte === behind) break
      if (byte === undefined || byte < DIGIT_0 || byte > DIGIT_9) return null
      if (this.position - start > MAX_DIGITS) return null
      number = number * 10 + byte - DIGIT_0
    }
    return this.position - start > 1 && Number.isSafeInteger(number) ? number : null
  }

  #list(depthLeft: number): readonly BencodeValue[] | null {
    this.position++
    const list: BencodeValue[] = []
    while (this.#bytes[this.position] !== END) {
      const value = this.value(depthLeft)
      if (value === null) return null
      list.push(value)
    }
    this.position++
    return list
  }

  #dictionary(depthLeft: number): BencodeDictionary | null {
    this.position++
    const dictionary = new Map<string, BencodeValue>()
    while (this.#bytes[this.position] !== END) {
      const key = this.value(0)
      const value = this.value(depthLeft)
      if (!isBytes(key) || value === null) return null
      const name = Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1')
      if (!dictionary.has(name)) dictionary.set(name, value)
    }
    this.position++
    return dictionary
  }
}
