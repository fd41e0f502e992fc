import { decodeStrictly } from './charset-decoder.ts'
import { type DoubleByteCharset, doubleByteBits } from './double-byte-bits.ts'
import { ALPHABETS } from './frequent-characters.ts'

/** How names in a charset read. `priorBits`: how rare it is among torrents. */
type Model = { readonly charset: string; readonly priorBits: number } & (
  | { readonly kind: 'letters'; readonly alphabet: string }
  | { readonly kind: 'accents'; readonly alphabet: string }
  | { readonly kind: 'double-byte'; readonly charset: DoubleByteCharset }
)

type AlphabetModel = Exclude<Model, { readonly kind: 'double-byte' }>

const MODELS: readonly Model[] = [
  { kind: 'accents', charset: 'windows-1252', alphabet: ALPHABETS.western, priorBits: 0 },
  { kind: 'double-byte', charset: 'gb18030', priorBits: 0 },
  { kind: 'double-byte', charset: 'shift_jis', priorBits: 0 },
  { kind: 'double-byte', charset: 'euc-kr', priorBits: 0 },
  { kind: 'letters', charset: 'windows-1251', alphabet: ALPHABETS.russian, priorBits: 0 },
  { kind: 'double-byte', charset: 'big5', priorBits: 2 },
  { kind: 'double-byte', charset: 'euc-jp', priorBits: 4 },
  { kind: 'letters', charset: 'koi8-r', alphabet: ALPHABETS.russian, priorBits: 4 },
  { kind: 'letters', charset: 'ibm866', alphabet: ALPHABETS.russian, priorBits: 6 },
  { kind: 'accents', charset: 'windows-1250', alphabet: ALPHABETS.central, priorBits: 3 },
  { kind: 'accents', charset: 'windows-1254', alphabet: ALPHABETS.turkish, priorBits: 4 },
  { kind: 'letters', charset: 'windows-1253', alphabet: ALPHABETS.greek, priorBits: 4 },
  { kind: 'letters', charset: 'windows-1255', alphabet: ALPHABETS.hebrew, priorBits: 4 },
  { kind: 'letters', charset: 'windows-1256', alphabet: ALPHABETS.arabic, priorBits: 4 },
  { kind: 'letters', charset: 'windows-874', alphabet: ALPHABETS.thai, priorBits: 6 },
]

/** What an ASCII character takes in every language, about. */
const ASCII_BITS = 5
/** A control character, or a name that is not of the charset at all. */
const IMPOSSIBLE_BITS = 60
/** A character that the language does not use. */
const FOREIGN_BITS = 13
/** Quotes, dashes and the like, which all of Windows' charsets have. */
const PUNCTUATION_BITS = 7
/** Letters of two scripts in one word, and capitals behind small letters. */
const MIXTURE_BITS = 7
/** One letter alone, where a language writes nothing but such letters. */
const LONELY_BITS = 6
/** In Western languages letters with accents stand among letters without. */
const RARE_ACCENT_BITS = 3.5

/**
 * The charset in which the names, which are no UTF-8, read best: the one that needs the fewest bits
 * to say them, if frequent characters take fewer than rare ones. A name of two or three characters
 * is mostly enough, where detectors made for pages of text need hundreds.
 */
export function likeliestCharset(names: readonly Uint8Array[]): string {
  let best = { charset: 'windows-1252', bits: Number.POSITIVE_INFINITY }
  for (const model of MODELS) {
    let bits = model.priorBits
    for (const name of names) bits += nameBits(model, name)
    if (bits < best.bits) best = { charset: model.charset, bits }
  }
  return best.charset
}

function nameBits(model: Model, name: Uint8Array): number {
  const text = decodeStrictly(model.charset, name)
  if (text === null) return IMPOSSIBLE_BITS + name.length * ASCII_BITS
  switch (model.kind) {
    case 'double-byte':
      return doubleByteBits(model.charset, name, text)
    case 'letters':
    case 'accents':
      return alphabetBits(model, text)
  }
}

function alphabetBits(model: AlphabetModel, text: string): number {
  let bits = 0
  let letters = 0
  let before = ' '
  for (const character of text) {
    if (character < '\u0080') bits += ASCII_BITS
    else if (character < '\u00a0') bits += IMPOSSIBLE_BITS
    else {
      bits += letterBits(model, character, before)
      letters++
    }
    const isMixture = model.kind === 'letters' && isLetter(character) && isLetter(before)
    if (isMixture && character < '\u0080' !== before < '\u0080') bits += MIXTURE_BITS
    before = character
  }
  return model.kind === 'letters' && letters === 1 ? bits + LONELY_BITS : bits
}

function letterBits(model: AlphabetModel, character: string, before: string): number {
  const small = character.toLowerCase()
  const rank = model.alphabet.indexOf(small)
  if (/[\u2010-\u2026\u20ac\u2122\u00ab\u00bb]/.test(character)) return PUNCTUATION_BITS
  if (rank < 0) return FOREIGN_BITS
  let bits = Math.log2((rank + 3) * 2.5)
  if (character !== small) bits += isLetter(before) ? 1 : 2
  if (character !== small && before !== before.toUpperCase()) bits += MIXTURE_BITS
  if (model.kind === 'accents') bits += before < '\u0080' ? RARE_ACCENT_BITS : 2 * RARE_ACCENT_BITS
  return bits
}

function isLetter(character: string): boolean {
  return /\p{L}/u.test(character)
}
