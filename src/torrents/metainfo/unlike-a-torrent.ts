import { isUtf8 } from 'node:buffer'

/** How much of the bytes is looked at. */
const SAMPLE_BYTES = 1_024

const SIGNATURES: readonly (readonly [signature: string, what: string])[] = [
  ['\x1f\x8b', 'gzip-compressed data'],
  ['PK\x03\x04', 'a zip archive'],
  ['7z\xbc\xaf', 'a 7z archive'],
  ['Rar!', 'a RAR archive'],
  ['%PDF', 'a PDF document'],
  ['\x1a\x45\xdf\xa3', 'a Matroska film'],
  ['BZh', 'bzip2-compressed data'],
  ['\xfd7zXZ', 'xz-compressed data'],
]

const TEXTS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^<(?:!doctype html|html|head|body)\b/i, 'a web page'],
  [/^<(?:\?xml|!--|\w)/i, 'XML'],
  [/^[{[]/, 'JSON'],
  [/^magnet:/i, 'a magnet URI'],
  [/^https?:\/\//i, 'a URL'],
]

/** What bytes that are no torrent file seem to be instead; `null` for those that begin like one. */
export function unlikeTorrent(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return 'empty'
  const sample = Buffer.from(bytes.subarray(0, SAMPLE_BYTES))
  const latin1 = sample.toString('latin1')
  if (/^d(?:\d|e|$)/.test(latin1)) return null
  const signature = SIGNATURES.find(([start]) => latin1.startsWith(start))
  if (signature !== undefined) return signature[1]
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no text has.
  if (/[\0-\x08\x0e-\x1a]/.test(latin1) || !isWholeUtf8(sample)) return 'binary data'
  const text = sample.toString('utf8').replace(/^\ufeff?\s*/, '')
  return TEXTS.find(([pattern]) => pattern.test(text))?.[1] ?? 'plain text'
}

/** The sample may end within a character. */
function isWholeUtf8(sample: Uint8Array): boolean {
  return [0, 1, 2, 3].some((cut) => isUtf8(sample.subarray(0, sample.length - cut)))
}
