import { bytesText, percentText, rateText } from '../logic/quantities.ts'
import { type Language, language } from '../state/preferences.ts'
import { DE } from './de.ts'
import { EN, type TextKey } from './en.ts'
import { filledIn, type TextParameters } from './translate.ts'

const TABLES: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = { en: EN, de: DE }

/** A text in the language that is chosen. */
export function t(key: TextKey, parameters: TextParameters = {}): string {
  return filledIn(TABLES[language.value][key], parameters, language.value)
}

export function bytes(count: number): string {
  return bytesText(count, language.value)
}

export function rate(bytesPerSecond: number): string {
  return rateText(bytesPerSecond, language.value)
}

export function percent(share: number): string {
  return percentText(share, language.value)
}

/** The name of a language by its tag of two or three letters; the tag where nobody knows it. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames([language.value], { type: 'language' }).of(tag) ?? tag
  } catch {
    return tag
  }
}

/** `3 minutes ago`; nothing for no time. */
export function ago(at: number): string {
  if (Number.isNaN(at)) return ''
  const seconds = (at - Date.now()) / 1000
  const format = new Intl.RelativeTimeFormat(language.value, { numeric: 'auto' })
  for (const [unit, size] of AGES) {
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit)
  }
  return t('time.now')
}

const AGES = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** A level of the log, as the log has it, and what it means. */
export function levelName(level: string): string {
  const key = `level.${level}`
  return isKey(key) ? `${level} · ${t(key)}` : level
}

function isKey(key: string): key is TextKey {
  return Object.hasOwn(EN, key)
}
