import { FREQUENT_HAN, FREQUENT_HANGUL } from './frequent-characters.ts'

/** Charsets with two bytes for most characters. */
export type DoubleByteCharset = 'gb18030' | 'shift_jis' | 'euc-kr' | 'big5' | 'euc-jp'

const ASCII_BITS = 5
const KANA_BITS = 7.8
const SYMBOL_BITS = 10
const FREQUENT_HAN_BITS = 9.7
const FREQUENT_HANGUL_BITS = 8.3
/** Of the first level of a standard, by use, and not among the most frequent. */
const FIRST_LEVEL_BITS = 13.3
/** Of the second level of a standard. */
const RARE_BITS = 17
/** What vendors added to a standard. */
const VERY_RARE_BITS = 21
const MIXTURE_BITS = 3

/** Bits that a name takes in a language written in that charset; `text` is the name decoded. */
export function doubleByteBits(charset: DoubleByteCharset, name: Uint8Array, text: string): number {
  let bits = 0
  let at = 0
  for (const character of text) {
    const lead = name[at] ?? 0
    const trail = name[at + 1] ?? 0
    const size = characterBytes(charset, lead, trail)
    if (lead < 0x80) bits += ASCII_BITS
    else if (size === 1) bits += halfWidthBits(name, at)
    else bits += characterBits(charset, character, lead, trail) + mixtureBits(name, at, size)
    at += size
  }
  return bits
}

function characterBytes(charset: DoubleByteCharset, lead: number, trail: number): number {
  if (lead < 0x80) return 1
  if (charset === 'shift_jis') return lead === 0x80 || (lead >= 0xa0 && lead <= 0xdf) ? 1 : 2
  if (charset === 'gb18030' && trail >= 0x30 && trail <= 0x39) return 4
  return charset === 'euc-jp' && lead === 0x8f ? 3 : 2
}

/** Such characters seldom stand beside a Latin letter, as letters with accents do. */
function mixtureBits(name: Uint8Array, at: number, size: number): number {
  const isLatin = (byte = 0): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
  const isBehind = (name[at - 2] ?? 0) < 0x80 && isLatin(name[at - 1])
  return (isBehind ? MIXTURE_BITS : 0) + (isLatin(name[at + size]) ? MIXTURE_BITS : 0)
}

/** Katakana of half the width, which Shift-JIS has in one byte, come several in a row. */
function halfWidthBits(name: Uint8Array, at: number): number {
  const isKana = (byte = 0): boolean => byte >= 0xa1 && byte <= 0xdf
  return isKana(name[at - 1]) || isKana(name[at + 1]) ? 10 : 14
}

function characterBits(
  charset: DoubleByteCharset,
  character: string,
  lead: number,
  trail: number,
): number {
  switch (charset) {
    case 'gb18030':
    case 'euc-kr':
      if (lead < 0xa1 || trail < 0xa1) return VERY_RARE_BITS
      if (lead <= 0xa3) return SYMBOL_BITS
      if (charset === 'euc-kr') return hangulBits(character)
      return lead < 0xb0 ? RARE_BITS : hanBits(character, lead <= 0xd7)
    case 'big5':
      if (lead < 0xa1) return VERY_RARE_BITS
      return lead <= 0xa3 ? SYMBOL_BITS : hanBits(character, lead <= 0xc6)
    case 'euc-jp':
      return lead < 0x90 ? VERY_RARE_BITS : japaneseBits(character, lead <= 0xcf)
    case 'shift_jis':
      return japaneseBits(character, lead <= 0x98)
  }
}

function hangulBits(character: string): number {
  if (FREQUENT_HANGUL.has(character)) return FREQUENT_HANGUL_BITS
  return character >= '\uac00' && character <= '\ud7a3' ? FIRST_LEVEL_BITS : RARE_BITS
}

function japaneseBits(character: string, isFirstLevel: boolean): number {
  if (character >= '\u3041' && character <= '\u30fc') return KANA_BITS
  if (character >= '\u3400' && character <= '\u9fff') return hanBits(character, isFirstLevel)
  if (/[\u3000-\u303f\uff00-\uff5e\u2010-\u2027]/.test(character)) return SYMBOL_BITS
  return VERY_RARE_BITS
}

function hanBits(character: string, isFirstLevel: boolean): number {
  if (FREQUENT_HAN.has(character)) return FREQUENT_HAN_BITS
  return isFirstLevel ? FIRST_LEVEL_BITS : RARE_BITS
}
