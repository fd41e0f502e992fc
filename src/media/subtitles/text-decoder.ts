/** What windows-1252 has at 0x80 to 0x9f; U+FFFD where it has nothing (Encoding Standard, index windows-1252). */
const WINDOWS_1252 = '€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd\ufffd‘’“”•–—˜™š›œ\ufffdžŸ'
const HIGH_CONTROLS = /[\u0080-\u009f]/g

/** Decodes bytes in parts, as they follow one another. */
export interface PartsDecoder {
  /** Without bytes: there are no more. */
  decode(bytes?: Uint8Array): string
}

/**
 * A decoder of the charset that TextDecoder knows by this label. Throws RangeError for any other. Node 20 takes
 * windows-1252 for ISO 8859-1, which has control characters in the place of quotation marks and dashes.
 */
export function partsDecoder(label: string): PartsDecoder {
  const decoder = new TextDecoder(label)
  const decode = (bytes?: Uint8Array): string =>
    bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
  if (decoder.encoding !== 'windows-1252') return { decode }
  return {
    decode: (bytes) =>
      decode(bytes).replace(
        HIGH_CONTROLS,
        (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80] ?? '\ufffd',
      ),
  }
}
