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
 * UTF-16 where every other byte is zero, UTF-8 where every byte of it is or nearly every one, what it says itself, else
 * the likeliest.
 */
export function charsetOf(bytes: Uint8Array): string {
  const certain = markedCharset(bytes) ?? zeroCharset(bytes)
  if (certain !== null) return certain
  if (isUtf8(bytes)) return 'utf-8'
  const sample = foreignLines(bytes)
  if (isDamagedUtf8(sample)) return 'utf-8'
  return declaredCharset(bytes, sample) ?? rareCharset(sample) ?? likeliestCharset(sample)
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

/** XML names its charset, SAMI the language in which it nearly always is. */
function declaredCharset(bytes: Uint8Array, sample: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 4_096)).toString('latin1')
  const [, named] =
    /^\s*<\?xml[^<>]{0,80}\sencoding\s{0,4}=\s{0,4}["']([\w-]{2,20})["']/i.exec(head) ?? []
  const label =
    named ?? (/<sami/i.test(head) && /\blang\s{0,4}:\s{0,4}ko\b/i.test(head) ? 'euc-kr' : '')
  return label !== '' && brokenIn(sample, label) === 0 ? label : null
}

/** Where nothing in the sample is broken; else where hardly anything is. */
function likeliestCharset(sample: Uint8Array): string {
  const labels = analyse(sample).map(({ name }) => WINDOWS_NAMES[name] ?? name)
  for (const most of [0, BROKEN_PART]) {
    const label = labels.find((candidate) => brokenIn(sample, candidate) <= most)
    if (label !== undefined) return label
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

/** Of all characters, those that may be broken: copies get damaged. */
const BROKEN_PART = 0.01

/** Which part of the sample is broken by a charset, 0 to 1; 1 where it is unknown, or gives control characters. */
function brokenIn(sample: Uint8Array, label: string): number {
  try {
    const text = partsDecoder(label).decode(sample)
    if (/[\u0080-\u009f]/.test(text)) return 1
    return (text.split('\ufffd').length - 1) / Math.max(1, text.length)
  } catch {
    return 1
  }
}

/** No other charset has so many bytes that are characters of UTF-8 by chance. */
const UTF8_PER_BROKEN = 5

/** Text in UTF-8 that has lost or gained some bytes: where a line was cut, or two files were joined. */
function isDamagedUtf8(sample: Uint8Array): boolean {
  const text = new TextDecoder().decode(sample)
  let foreign = 0
  let broken = 0
  for (const character of text) {
    if (character === '\ufffd') broken++
    else if (character > '\u007f') foreign++
  }
  return foreign > UTF8_PER_BROKEN * broken
}

/** Letters of Lithuanian and Latvian beyond ASCII, with the marks that are used. */
const BALTIC = /^[ąčęėįšųūžāēģīķļņĄČĘĖĮŠŲŪŽĀĒĢĪĶĻŅ„“”’‘–—…«»\s]*$/u
/** Letters that windows-1252 has hardly used ones in the place of, so that no Western text is taken for Baltic. */
const BALTIC_SIGNS = /[šŠ].*[žŽ]|[žŽ].*[šŠ]/su
/** What comes before a consonant, and what stands above or below one. */
const THAI_MISPLACED = /[เ-ไ](?![ก-ฮ])|(?<![ก-ฮัิ-ฺ็-๎])[ัิ-ฺ็-๎]/gu
const THAI = /[ก-๛]/gu
const THAI_MARK = /[ัิ-ฺ็-๎]/gu
/** Of all letters those that are marks, at least, and those that stand where none can, at most. */
const THAI_MARK_PART = 0.1
const THAI_MISPLACED_PART = 0.03

/** Charsets that the detector does not know, by what only they make sense of. */
function rareCharset(sample: Uint8Array): string | null {
  if (brokenIn(sample, 'windows-874') === 0) {
    const text = partsDecoder('windows-874').decode(sample)
    const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0
    const letters = count(THAI)
    const hasMarks = letters > 0 && count(THAI_MARK) >= letters * THAI_MARK_PART
    if (hasMarks && count(THAI_MISPLACED) <= letters * THAI_MISPLACED_PART) return 'windows-874'
  }
  if (brokenIn(sample, 'windows-1257') > 0) return null
  const foreign = partsDecoder('windows-1257')
    .decode(sample)
    .replace(/[\0-\x7f]+/g, ' ')
  return BALTIC.test(foreign) && BALTIC_SIGNS.test(foreign) ? 'windows-1257' : null
}
