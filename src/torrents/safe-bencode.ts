import bencode from 'bencode'

const MINUS = 0x2d

/** What versions 2 and 4 of the package have in common. */
export interface BencodeDecoder {
  buffer: () => unknown
  readonly data: Uint8Array | null
  readonly position: number
}

/**
 * Makes the decoder throw on a byte string of negative length. Without this `d-3:` sends it back
 * to where it was: whoever can send us bencode could stop the whole process.
 */
export function refuseNegativeLengths(decoder: BencodeDecoder): void {
  const read = decoder.buffer
  decoder.buffer = () => {
    if (decoder.data?.[decoder.position] === MINUS) throw new Error('a length is negative')
    return read()
  }
}

refuseNegativeLengths(bencode.decode)

/** Byte strings come back as Uint8Array, dictionaries as plain objects. Throws on bad input. */
export function decodeBencode(data: Uint8Array): unknown {
  return bencode.decode(data)
}

/** Dictionaries with their keys sorted, as BEP 3 has it. */
export function encodeBencode(data: unknown): Uint8Array {
  return bencode.encode(data)
}
