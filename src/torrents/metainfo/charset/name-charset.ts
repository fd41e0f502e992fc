import { isAscii, isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
import type { Steps } from '../../../concurrency/steps.ts'
import { decodeStrictly } from './charset-decoder.ts'
import { likeliestCharset } from './likeliest-charset.ts'

/** Turns the bytes of a name into text. Never throws, and the same bytes always give the same. */
export type NameDecoder = (name: Uint8Array) => string

/** Names looked at to tell one charset from another, joined. */
const SAMPLE_BYTES = 4 * 1024

/**
 * Finds out how the names of a torrent are encoded, which must be one way for all of them: a short
 * name of one charset is easily valid in another. UTF-8 where all names are; else what the torrent
 * declares; else what reads best. A torrent of mostly UTF-8 stays that, and only the names that are
 * not are read in another way.
 */
export function* chooseNameDecoder(
  names: Iterable<Uint8Array>,
  declared: string | null,
): Steps<NameDecoder> {
  const sample: Uint8Array[] = []
  let sampleBytes = 0
  let utf8Names = 0
  let otherNames = 0
  let count = 0
  for (const name of names) {
    if (++count % 1_000 === 0) yield
    if (isAscii(name)) continue
    if (isUtf8(name) || isCutUtf8(name)) {
      utf8Names++
      continue
    }
    otherNames++
    if (sampleBytes >= SAMPLE_BYTES) continue
    sample.push(name.subarray(0, SAMPLE_BYTES))
    sampleBytes += name.length
  }
  if (otherNames === 0) return decodeUtf8First([])
  const charset = declared !== null && readsAll(declared, sample) ? declared : null
  const charsets = [charset ?? likeliestCharset(sample), 'windows-1252']
  return utf8Names > otherNames ? decodeUtf8First(charsets) : decodeFirst(charsets)
}

/** BitComet's `codepage`, and whatever stands under `encoding`, as a label of TextDecoder. */
export function declaredCharset(encoding: string | null, codepage: number | null): string | null {
  const label = encoding?.trim().toLowerCase() ?? ''
  const squeezed = label.replace(/[^a-z0-9]/g, '')
  const number = /^(?:cp|ms|win|windows|codepage|ibm)?(\d{3,5})$/.exec(squeezed)?.[1]
  const isoPart = /^iso8859(\d{1,2})$/.exec(squeezed)?.[1]
  const candidates = [
    isoPart === undefined ? null : charsetOfCodepage(28_590 + Number(isoPart)),
    charsetOfCodepage(Number(number)),
    LABELS.get(squeezed) ?? null,
    label,
    codepage === null ? null : charsetOfCodepage(codepage),
  ]
  for (const candidate of candidates) {
    const charset = candidate === null ? null : supported(candidate)
    if (charset !== null && charset !== 'utf-8') return charset
  }
  return null
}

/** Labels that TextDecoder does not know, without what divides their parts. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['big5hkscs', 'big5'],
  ['eucjp', 'euc-jp'],
  ['euckr', 'euc-kr'],
  ['gb18030', 'gb18030'],
  ['gb2312', 'gb18030'],
  ['gb231280', 'gb18030'],
  ['gbk', 'gb18030'],
  ['ksc5601', 'euc-kr'],
  ['ksc56011987', 'euc-kr'],
  ['uhc', 'euc-kr'],
  ['shiftjis', 'shift_jis'],
  ['sjis', 'shift_jis'],
  ['mskanji', 'shift_jis'],
  ['koi8r', 'koi8-r'],
  ['koi8u', 'koi8-u'],
  ['latin1', 'windows-1252'],
  ['iso88591', 'windows-1252'],
  ['ansi', 'windows-1252'],
])

/** Of Windows, by number. */
const CODEPAGES: ReadonlyMap<number, string> = new Map([
  [866, 'ibm866'],
  [874, 'windows-874'],
  [932, 'shift_jis'],
  [936, 'gb18030'],
  [949, 'euc-kr'],
  [950, 'big5'],
  [10007, 'x-mac-cyrillic'],
  [20866, 'koi8-r'],
  [20932, 'euc-jp'],
  [20936, 'gb18030'],
  [21866, 'koi8-u'],
  [51932, 'euc-jp'],
  [51936, 'gb18030'],
  [51949, 'euc-kr'],
  [54936, 'gb18030'],
])

function charsetOfCodepage(codepage: number): string | null {
  if (codepage >= 1_250 && codepage <= 1_258) return `windows-${codepage}`
  if (codepage > 28_590 && codepage < 28_607) return `iso-8859-${codepage - 28_590}`
  return CODEPAGES.get(codepage) ?? null
}

/** TextDecoder's own name; `null` for what it cannot read, or what is no way to write file names. */
function supported(label: string): string | null {
  try {
    const charset = new TextDecoder(label).encoding
    return /^(?:utf-16|iso-2022|replacement|x-user)/.test(charset) ? null : charset
  } catch {
    return null
  }
}

function readsAll(charset: string, names: readonly Uint8Array[]): boolean {
  return names.every((name) => decodeStrictly(charset, name) !== null)
}

function decodeUtf8First(charsets: readonly string[]): NameDecoder {
  const otherwise = decodeFirst(charsets)
  return (name) => utf8Text(name) ?? otherwise(name)
}

function decodeFirst(charsets: readonly string[]): NameDecoder {
  return (name) => {
    for (const charset of charsets) {
      const text = decodeStrictly(charset, name)
      if (text !== null) return text
    }
    return utf8Text(name) ?? Buffer.from(name).toString('latin1')
  }
}

function utf8Text(name: Uint8Array): string | null {
  if (isUtf8(name)) return Buffer.from(name).toString('utf8')
  return isCutUtf8(name) ? Buffer.from(name.subarray(0, wholeBytes(name))).toString('utf8') : null
}

/** UTF-8 that was cut within its last character by whoever shortened the name. */
function isCutUtf8(name: Uint8Array): boolean {
  const whole = name.subarray(0, wholeBytes(name))
  return whole.length < name.length && !isAscii(whole) && isUtf8(whole)
}

/** Bytes before a last character that is not complete. */
function wholeBytes(name: Uint8Array): number {
  for (let at = name.length - 1; at >= Math.max(0, name.length - 3); at--) {
    const byte = name[at] ?? 0
    if (byte >= 0xc2) return at
    if (byte < 0x80) break
  }
  return name.length
}
