import { BencodeCursor } from './bencode-cursor.ts'

/**
 * Bencode (BEP 3) as it is. Dictionaries by their keys as Latin-1, so that no key is special; a
 * bigint where a number would not be exact; byte strings are views of what was read.
 */
export type BencodeValue =
  | number
  | bigint
  | Uint8Array
  | readonly BencodeValue[]
  | BencodeDictionary
export type BencodeDictionary = ReadonlyMap<string, BencodeValue>

/** What a message may hold at most. */
export interface BencodeLimits {
  /** Infinite when absent. */
  readonly maxBytes?: number
  /** Lists and dictionaries within each other. */
  readonly maxDepth: number
  /** Values and keys in all, at some 100 bytes of memory each. */
  readonly maxItems: number
}

export interface DecodedBencode {
  readonly value: BencodeValue
  /** Where what follows the value begins. */
  readonly end: number
}

/**
 * Decodes the value that `bytes` begin with: messages, which become values at once. (Torrent files
 * are read by their fields from a `BencodeCursor`, as they may have millions.) Of a key that is
 * there twice the first counts. Throws an Error that names the place or the limit.
 */
export function decodeBencode(bytes: Uint8Array, limits: BencodeLimits): DecodedBencode {
  const { maxBytes = Number.POSITIVE_INFINITY } = limits
  if (bytes.length > maxBytes) throw new Error(`there are more than ${maxBytes} bytes`)
  // A plain array over the same memory: byte strings are no Buffers, whatever was given.
  const cursor = new BencodeCursor(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
  const value = new Decoder(cursor, limits).value(limits.maxDepth)
  return { value, end: cursor.position }
}

/** The same for what strangers send all the time: `null` where it is no bencode or too much. */
export function readBencode(bytes: Uint8Array, limits: BencodeLimits): DecodedBencode | null {
  try {
    return decodeBencode(bytes, limits)
  } catch {
    return null
  }
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

class Decoder {
  readonly #cursor: BencodeCursor
  readonly #limits: BencodeLimits
  #itemsLeft: number

  constructor(cursor: BencodeCursor, limits: BencodeLimits) {
    this.#cursor = cursor
    this.#limits = limits
    this.#itemsLeft = limits.maxItems
  }

  value(depthLeft: number): BencodeValue {
    this.#count()
    const kind = this.#cursor.kind()
    switch (kind) {
      case 'integer':
        return this.#cursor.integer()
      case 'string':
        return this.#cursor.string()
      case 'list':
        return this.#list(depthLeft)
      case 'dictionary':
        return this.#dictionary(depthLeft)
      case 'end':
        throw new Error(`a value is missing (at byte ${this.#cursor.position})`)
    }
  }

  #list(depthLeft: number): readonly BencodeValue[] {
    const list: BencodeValue[] = []
    this.#enter(depthLeft)
    while (!this.#cursor.leave()) list.push(this.value(depthLeft - 1))
    return list
  }

  #dictionary(depthLeft: number): BencodeDictionary {
    const dictionary = new Map<string, BencodeValue>()
    this.#enter(depthLeft)
    while (!this.#cursor.leave()) {
      this.#count()
      const key = this.#cursor.string()
      const value = this.value(depthLeft - 1)
      const name = Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1')
      if (!dictionary.has(name)) dictionary.set(name, value)
    }
    return dictionary
  }

  #enter(depthLeft: number): void {
    if (depthLeft === 0) throw new Error(`there are more than ${this.#limits.maxDepth} levels`)
    this.#cursor.enter()
  }

  #count(): void {
    if (--this.#itemsLeft < 0) throw new Error(`there are more than ${this.#limits.maxItems} items`)
  }
}
