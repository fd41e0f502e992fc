import { isUtf8 } from 'node:buffer'
import { analyse } from 'chardet'
import { partsDecoder } from './text-decoder.ts'

/** Bytes of text in foreign letters that are enough to tell their charset; more only takes time. */
const SAMPLE_BYTES = 8 * 1024
/** How far the sample is looked for. */
const LOOK_WITHIN_BYTES = 512 * 1024

/**
 * What the detector calls by its ISO name is nearly always the Windows charset that has the same
 * letters and quotation marks as well.
 */
const WINDOWS_NAMES: Readonly<Record<string, string>> = {
  'ISO-8859-1': 'windows-1252',
  'ISO-8859-2': 'windows-1250',
  'ISO-8859-7': 'windows-1253',
  'ISO-8859-8': 'windows-1255',
  'ISO-8859-8-I': 'windows-1255',
  'ISO-8859-9': 'windows-1254',
}

const FALLBACK = 'windows-1252'

/**
 * The charset of a file of text, as a label that TextDecoder knows: what its byte order mark says,
 * UTF-8 where every byte of it is, UTF-16 where every other byte is zero, else the likeliest.
 */
export function charsetOf(bytes: Uint8Array): string {
  const marked = markedCharset(bytes)
  if (marked !== null) return marked
  if (isUtf8(bytes)) return zeroCharset(bytes) ?? 'utf-8'
  return zeroCharset(bytes) ?? likeliestCharset(bytes)
}

function markedCharset([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : null
}

/** Numbers, line ends and Latin letters have a zero for every other byte in UTF-16. */
function zeroCharset(bytes: Uint8Array): string | null {
  const zeros: [number, number] = [0, 0]
  const head = bytes.subarray(0, 1_024)
  for (const [offset, byte] of head.entries()) if (byte === 0) zeros[offset % 2 === 0 ? 0 : 1]++
  const [even, odd] = zeros
  if (odd > head.length / 8 && even < odd / 4) return 'utf-16le'
  return even > head.length / 8 && odd < even / 4 ? 'utf-16be' : null
}

function likeliestCharset(bytes: Uint8Array): string {
  const sample = foreignLines(bytes)
  for (const { name } of analyse(sample)) {
    const label = WINDOWS_NAMES[name] ?? name
    if (isLikely(sample, label)) return label
  }
  return FALLBACK
}

/** Lines that have a byte above ASCII: times and numbers say nothing. */
function foreignLines(bytes: Uint8Array): Uint8Array {
  const sample = Buffer.alloc(SAMPLE_BYTES)
  const end = Math.min(bytes.length, LOOK_WITHIN_BYTES)
  let filled = 0
  let lineStart = 0
  let isForeign = false
  for (let offset = 0; offset < end && filled < SAMPLE_BYTES; offset++) {
    const byte = bytes[offset] ?? 0
    if (byte >= 0x80) isForeign = true
    if (byte !== 0x0a && byte !== 0x0d && offset !== end - 1) continue
    if (isForeign) {
      const line = bytes.subarray(
        lineStart,
        Math.min(offset + 1, lineStart + SAMPLE_BYTES - filled),
      )
      sample.set(line, filled)
      filled += line.length
    }
    lineStart = offset + 1
    isForeign = false
  }
  return sample.subarray(0, filled)
}

/** Of a hundred characters, those that may be broken: copies get damaged. */
const BROKEN_PERCENT = 1

/** Whether the decoder knows it, and hardly anything in the sample would be a control character, or none. */
function isLikely(sample: Uint8Array, label: string): boolean {
  try {
    const text = partsDecoder(label).decode(sample)
    if (/[\u0080-\u009f]/.test(text)) return false
    return (text.split('\ufffd').length - 1) * 100 <= text.length * BROKEN_PERCENT
  } catch {
    return false
  }
}
