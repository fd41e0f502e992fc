import { BencodeCursor } from './bencode-cursor.ts'

/** Where a value lies in the bytes. */
export interface Span {
  readonly start: number
  /** Exclusive. */
  readonly end: number
}

/** Longest of the keys that anybody asks for. */
const MAX_KEY_BYTES = 32

/**
 * The values of one dictionary that were asked for, where they lie. Of a key that is there twice
 * the first counts, as in libtorrent. What has another type than asked for is not there.
 */
export class BencodeFields {
  readonly #bytes: Uint8Array
  readonly #spans: ReadonlyMap<string, Span>

  constructor(bytes: Uint8Array, spans: ReadonlyMap<string, Span>) {
    this.#bytes = bytes
    this.#spans = spans
  }

  span(key: string): Span | null {
    return this.#spans.get(key) ?? null
  }

  has(key: string): boolean {
    return this.#spans.has(key)
  }

  /** Not copied. */
  string(key: string): Uint8Array | null {
    return this.#at(key, 'string')?.string() ?? null
  }

  integer(key: string): number | bigint | null {
    return this.#at(key, 'integer')?.integer() ?? null
  }

  /** A cursor at the beginning of the list. */
  list(key: string): BencodeCursor | null {
    return this.#at(key, 'list')
  }

  /** A cursor at the beginning of the dictionary. */
  dictionary(key: string): BencodeCursor | null {
    return this.#at(key, 'dictionary')
  }

  #at(key: string, kind: 'string' | 'integer' | 'list' | 'dictionary'): BencodeCursor | null {
    const span = this.#spans.get(key)
    if (span === undefined) return null
    const cursor = new BencodeCursor(this.#bytes, span.start)
    return cursor.kind() === kind ? cursor : null
  }
}

/**
 * Reads the dictionary at the cursor, which moves behind it, and all that is in it. Throws an
 * Error where it is malformed.
 */
export function* readFields(
  cursor: BencodeCursor,
  wanted: ReadonlySet<string>,
): Generator<void, BencodeFields> {
  const spans = new Map<string, Span>()
  cursor.enter()
  for (let keys = 1; !cursor.leave(); keys++) {
    if (keys % 10_000 === 0) yield
    const key = readKey(cursor)
    const start = cursor.position
    yield* cursor.skip()
    if (wanted.has(key) && !spans.has(key)) spans.set(key, { start, end: cursor.position })
  }
  return new BencodeFields(cursor.bytes, spans)
}

/** The key as Latin-1, so that no two are taken for one; empty where nobody asks for it. */
export function readKey(cursor: BencodeCursor): string {
  const length = cursor.stringLength()
  const { position } = cursor
  cursor.position += length
  if (length > MAX_KEY_BYTES) return ''
  let key = ''
  for (let at = position; at < cursor.position; at++) {
    key += String.fromCharCode(cursor.bytes[at] ?? 0)
  }
  return key
}
