import bencode from 'bencode'
import { BencodeCursor } from './bencode-cursor.ts'

const MINUS = 0x2d

/** What versions 2 and 4 of the package have in common. */
export interface BencodeDecoder {
  buffer: () => unknown
  readonly data: Uint8Array | null
  readonly position: number
}

/**
 * Makes the engine's decoder throw on a byte string of negative length. Without this `d-3:` sends
 * it back to where it was: whoever can send us bencode could stop the whole process.
 */
export function refuseNegativeLengths(decoder: BencodeDecoder): void {
  const read = decoder.buffer
  decoder.buffer = () => {
    if (decoder.data?.[decoder.position] === MINUS) throw new Error('a length is negative')
    return read()
  }
}

refuseNegativeLengths(bencode.decode)

/** What a message may hold at most. */
export interface BencodeLimits {
  /** Lists and dictionaries within each other. */
  readonly maxDepth?: number
  /** Values and keys, at some 100 bytes of memory each. */
  readonly maxValues?: number
}

/** More than messages between peers, trackers and DHT nodes have, twice over. */
const DEFAULT_MAX_DEPTH = 32
/** 10 times the values of a tracker's answer of 1 MB that names each peer by a dictionary. */
const DEFAULT_MAX_VALUES = 500_000

/**
 * Decodes one value. Byte strings come back as Uint8Array over the same memory, dictionaries as
 * objects without a prototype, in which the first of equal keys counts, and integers that a number
 * cannot hold as bigint. What follows the value is not looked at. Throws an Error on bad input.
 */
export function decodeBencode(data: Uint8Array, limits: BencodeLimits = {}): unknown {
  return decodeBencodePrefix(data, limits).value
}

/** The same for messages with something behind the value: `end` is where that begins (BEP 9). */
export function decodeBencodePrefix(
  data: Uint8Array,
  { maxDepth = DEFAULT_MAX_DEPTH, maxValues = DEFAULT_MAX_VALUES }: BencodeLimits = {},
): { readonly value: unknown; readonly end: number } {
  const cursor = new BencodeCursor(new Uint8Array(data.buffer, data.byteOffset, data.length))
  let valuesLeft = maxValues
  const decode = (depthLeft: number): unknown => {
    if (--valuesLeft < 0) throw new Error(`there are more than ${maxValues} values`)
    const kind = cursor.kind()
    switch (kind) {
      case 'integer':
        return cursor.integer()
      case 'string':
        return cursor.string()
      case 'list': {
        const list: unknown[] = []
        enter(depthLeft)
        while (!cursor.leave()) list.push(decode(depthLeft - 1))
        return list
      }
      case 'dictionary': {
        const dictionary: Record<string, unknown> = Object.create(null)
        enter(depthLeft)
        while (!cursor.leave()) {
          const key = keyText(cursor.string())
          const value = decode(depthLeft - 1)
          if (!(key in dictionary)) dictionary[key] = value
        }
        return dictionary
      }
      case 'end':
        throw new Error(`a value is missing (at byte ${cursor.position})`)
    }
  }
  const enter = (depthLeft: number): void => {
    if (depthLeft === 0) throw new Error(`there are more than ${maxDepth} levels`)
    cursor.enter()
  }
  const value = decode(maxDepth)
  return { value, end: cursor.position }
}

function keyText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString('utf8')
}

/**
 * Encodes what we write ourselves: text, byte strings, integers, lists, and dictionaries, whose
 * keys are sorted by their bytes, as BEP 3 has it. What is undefined is left out.
 */
export function encodeBencode(data: unknown): Uint8Array {
  const parts: Uint8Array[] = []
  write(data, parts)
  return Buffer.concat(parts)
}

function write(data: unknown, parts: Uint8Array[]): void {
  if (data instanceof Uint8Array) parts.push(Buffer.from(`${data.length}:`), data)
  else if (typeof data === 'string') write(Buffer.from(data), parts)
  else if (typeof data === 'bigint' || Number.isSafeInteger(data)) parts.push(integer(data))
  else if (Array.isArray(data)) writeList(data, parts)
  else if (typeof data === 'object' && data !== null) writeDictionary(data, parts)
  else throw new TypeError(`bencode has no form for ${String(data)}`)
}

function integer(value: unknown): Uint8Array {
  return Buffer.from(`i${String(value)}e`)
}

function writeList(list: readonly unknown[], parts: Uint8Array[]): void {
  parts.push(Buffer.from('l'))
  for (const value of list) write(value, parts)
  parts.push(Buffer.from('e'))
}

function writeDictionary(dictionary: object, parts: Uint8Array[]): void {
  const entries = Object.entries(dictionary)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key: Buffer.from(key), value: value as unknown }))
    .sort((one, other) => Buffer.compare(one.key, other.key))
  parts.push(Buffer.from('d'))
  for (const { key, value } of entries) {
    write(key, parts)
    write(value, parts)
  }
  parts.push(Buffer.from('e'))
}
