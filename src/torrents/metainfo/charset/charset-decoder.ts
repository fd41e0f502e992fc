import { TextDecoder } from 'node:util'

/** 0x80 to 0x9f of windows-1252, which some releases of Node take for control characters. */
const WINDOWS_1252_C1 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

const decoders = new Map<string, TextDecoder>()

/**
 * The text of bytes in a charset by its WHATWG name, the same in every release of Node; `null`
 * where they are not of that charset.
 */
export function decodeStrictly(charset: string, bytes: Uint8Array): string | null {
  if (charset === 'windows-1252') return decodeWindows1252(bytes)
  try {
    return decoderOf(charset).decode(bytes)
  } catch {
    return null
  }
}

function decodeWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(
      /[\u0080-\u009f]/g,
      (character) => WINDOWS_1252_C1[character.charCodeAt(0) - 0x80] ?? '',
    )
}

/** One for each charset that TextDecoder knows, so there are never many. */
function decoderOf(charset: string): TextDecoder {
  const decoder = decoders.get(charset) ?? new TextDecoder(charset, { fatal: true })
  decoders.set(charset, decoder)
  return decoder
}
