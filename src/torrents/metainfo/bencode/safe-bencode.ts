import bencode from 'bencode'

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
