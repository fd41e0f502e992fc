/** What begins at a cursor: an integer, a byte string, a list, a dictionary, or the end of one. */
export type BencodeKind = 'integer' | 'string' | 'list' | 'dictionary' | 'end'

const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
const COLON = 0x3a
const MINUS = 0x2d
const INTEGER = 0x69
const LIST = 0x6c
const DICTIONARY = 0x64
const END = 0x65

/** Leading zeros are read over; a number with more digits than this is no number of anybody. */
const MAX_DIGITS = 1_000
/** Lists and dictionaries within each other: a version 2 file tree takes one for each folder. */
const MAX_DEPTH = 256
/** Tokens between two places where a reader may pause; far below a millisecond. */
const TOKENS_PER_STEP = 10_000

const IN_LIST = 0
const AT_KEY = 1
const AT_VALUE = 2

/**
 * The one reader of bencode (BEP 3), where it lies: nothing is copied, nothing recurses. Safe against any
 * bytes, lenient about form: keys in any order and more than once, leading zeros, `-0`, numbers of
 * any size. Every method throws an Error that names the place where the bytes are no bencode.
 */
export class BencodeCursor {
  readonly bytes: Uint8Array
  /** Offset of the next byte. */
  position: number

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes
    this.position = position
  }

  kind(): BencodeKind {
    const byte = this.bytes[this.position]
    if (byte === undefined) throw this.#error('it ends too early')
    if (byte >= DIGIT_0 && byte <= DIGIT_9) return 'string'
    if (byte === INTEGER) return 'integer'
    if (byte === LIST) return 'list'
    if (byte === DICTIONARY) return 'dictionary'
    if (byte === END) return 'end'
    throw this.#error(`byte ${byte} begins nothing`)
  }

  /** Steps into a list or dictionary. */
  enter(): void {
    this.position++
  }

  /** Steps over the end of a list or dictionary. False, and nothing moves, where more follows. */
  leave(): boolean {
    if (this.kind() !== 'end') return false
    this.position++
    return true
  }

  /** Reads the length of a byte string; its bytes begin at `position` then, and are all there. */
  stringLength(): number {
    if (this.kind() !== 'string') throw this.#error('a byte string is missing')
    const start = this.position
    let length = 0
    let byte = this.bytes[this.position]
    while (byte !== undefined && byte >= DIGIT_0 && byte <= DIGIT_9) {
      length = length * 10 + byte - DIGIT_0
      byte = this.bytes[++this.position]
      if (this.position - start > MAX_DIGITS) throw this.#error('a length has too many digits')
    }
    if (byte !== COLON) throw this.#error('the length of a byte string has no colon')
    this.position++
    if (length > this.bytes.length - this.position) {
      throw this.#error('a byte string is longer than what is there')
    }
    return length
  }

  skipString(): void {
    const length = this.stringLength()
    this.position += length
  }

  /** The bytes of a byte string, not copied. */
  string(): Uint8Array {
    const length = this.stringLength()
    this.position += length
    return this.bytes.subarray(this.position - length, this.position)
  }

  /** A bigint where a number would not be exact. */
  integer(): number | bigint {
    const start = this.position + 1
    this.#skipInteger()
    const end = this.position - 1
    if (end - start <= 15) return this.#smallInteger(start, end)
    const text = Buffer.from(this.bytes.subarray(start, end)).toString('latin1')
    const value = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text)
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }

  /** Steps over a value of any kind; a step is what may be done without a pause. */
  *skip(): Generator<void, void> {
    if (this.#skipScalar(this.kind())) return
    const levels = new Uint8Array(MAX_DEPTH + 1)
    let depth = 0
    let tokens = 0
    do {
      if (++tokens % TOKENS_PER_STEP === 0) yield
      const kind = this.kind()
      const level = levels[depth] ?? IN_LIST
      if (kind === 'end') {
        if (depth === 0 || level === AT_VALUE) throw this.#error('a value is missing')
        this.position++
        depth--
        continue
      }
      levels[depth] = this.#levelAfter(level, kind)
      if (this.#skipScalar(kind)) continue
      if (depth === MAX_DEPTH) throw this.#error(`there are more than ${MAX_DEPTH} levels`)
      this.position++
      levels[++depth] = kind === 'list' ? IN_LIST : AT_KEY
    } while (depth > 0)
  }

  /** What a list or dictionary goes on with behind a key or value. */
  #levelAfter(level: number, kind: BencodeKind): number {
    if (level === IN_LIST) return IN_LIST
    if (level === AT_VALUE) return AT_KEY
    if (kind !== 'string') throw this.#error('a key is no byte string')
    return AT_VALUE
  }

  /** False, and nothing moves, at anything but a byte string or an integer. */
  #skipScalar(kind: BencodeKind): boolean {
    if (kind === 'string') this.skipString()
    else if (kind === 'integer') this.#skipInteger()
    else return false
    return true
  }

  #skipInteger(): void {
    if (this.kind() !== 'integer') throw this.#error('an integer is missing')
    this.position++
    if (this.bytes[this.position] === MINUS) this.position++
    const start = this.position
    let byte = this.bytes[start]
    while (byte !== undefined && byte >= DIGIT_0 && byte <= DIGIT_9)
      byte = this.bytes[++this.position]
    const digits = this.position - start
    if (digits === 0 || byte !== END) throw this.#error('an integer is malformed')
    if (digits > MAX_DIGITS) throw this.#error('an integer has too many digits')
    this.position++
  }

  #smallInteger(start: number, end: number): number {
    const isNegative = this.bytes[start] === MINUS
    let value = 0
    for (let at = isNegative ? start + 1 : start; at < end; at++) {
      value = value * 10 + (this.bytes[at] ?? 0) - DIGIT_0
    }
    return isNegative && value !== 0 ? -value : value
  }

  #error(message: string): Error {
    return new Error(`${message} (at byte ${this.position})`)
  }
}
