import { extname } from 'node:path/posix'

/** All that RFC 3986 does not call unreserved and encodeURIComponent leaves as it is. */
const SUB_DELIMITERS = /[!'()*]/g

/**
 * The path of a file's stream. Each component is one segment, percent-encoded, so that the URL ends
 * in the file's own name and extension; the server ignores them.
 *
 * @param components - Path of the file within its torrent.
 */
export function streamPath(
  infoHashOrId: string,
  fileIndex: number,
  components: readonly string[],
): string {
  // Clients resolve dot segments before they send the request, even encoded ones.
  const segments = components.filter((component) => !['', '.', '..'].includes(component))
  return ['/torrents', infoHashOrId, 'stream', fileIndex, ...segments.map(encodeSegment)].join('/')
}

const BASE32_ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
/** Digits in the system of the same base: 160 bits are 32 of 5. */
const BASE32_LENGTH = 32

/**
 * A short path of the same file, for what chokes on long URLs: ASCII alone, below 60 bytes, the same
 * after every restart. `/m/<info hash in base32>/<file>.<extension>`.
 *
 * @param infoHash - 40 hex digits.
 * @param name - Of the file, for its extension.
 */
export function shortStreamPath(infoHash: string, fileIndex: number, name: string): string {
  const digits = BigInt(`0x${infoHash}`).toString(BASE32_LENGTH).padStart(BASE32_LENGTH, '0')
  const id = Array.from(digits, (digit) => BASE32_ALPHABET[Number.parseInt(digit, BASE32_LENGTH)])
  return `/m/${id.join('')}/${fileIndex}${shortExtension(name)}`
}

/** In lower case; empty where it is none that a renderer could know. */
function shortExtension(name: string): string {
  const extension = extname(name).toLowerCase()
  return /^\.[a-z\d]{1,8}$/.test(extension) ? extension : ''
}

function encodeSegment(component: string): string {
  return encodeURIComponent(component.toWellFormed()).replace(
    SUB_DELIMITERS,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
