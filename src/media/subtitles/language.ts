/** Two-letter codes that Intl knows are asked for their names once. */
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']
/** Names and codes of releases that no standard has, and those that mean something else by themselves. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  brazilian: 'pt-BR',
  'brazilian portuguese': 'pt-BR',
  'portuguese brazilian': 'pt-BR',
  brazil: 'pt-BR',
  ptbr: 'pt-BR',
  pob: 'pt-BR',
  pb: 'pt-BR',
  castilian: 'es-ES',
  latin: 'es-419',
  latino: 'es-419',
  'latin american': 'es-419',
  simplified: 'zh-Hans',
  chs: 'zh-Hans',
  zhs: 'zh-Hans',
  sc: 'zh-Hans',
  简体: 'zh-Hans',
  简体中文: 'zh-Hans',
  简中: 'zh-Hans',
  traditional: 'zh-Hant',
  cht: 'zh-Hant',
  zht: 'zh-Hant',
  tc: 'zh-Hant',
  繁体: 'zh-Hant',
  繁體: 'zh-Hant',
  繁体中文: 'zh-Hant',
  繁體中文: 'zh-Hant',
  繁中: 'zh-Hant',
  国语: 'zh',
  粤语: 'yue',
  mandarin: 'zh',
  cantonese: 'yue',
  farsi: 'fa',
  flemish: 'nl-BE',
  norsk: 'no',
  'norwegian bokmal': 'nb',
  gr: 'el',
  cz: 'cs',
  jp: 'ja',
  kr: 'ko',
  dk: 'da',
  ua: 'uk',
  rs: 'sr',
  scc: 'sr',
  scr: 'hr',
}
/** Languages whose own name stands in file names. */
const NAMED_IN_THEMSELVES =
  'ar bg ca cs da de el es et eu fa fi fr gl he hi hr hu id is it ja ko lt lv ms nl nb pl pt ro ru sk sl sr sv th tr uk vi zh'
/** "und", "mis", "mul", "zxx": no language, several, or none in particular. */
const NO_LANGUAGE: ReadonlySet<string> = new Set(['und', 'mis', 'mul', 'zxx', 'qaa', ''])

const englishNames = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })
let names: ReadonlyMap<string, string> | null = null

/**
 * A language (BCP 47) from what people call it: a code of ISO 639 (`en`, `eng`, `ger`, `deu`), a tag
 * (`pt-BR`, `zh_Hant`), or its name in English or in itself, in any case. `null` for anything else.
 */
export function parseLanguage(text: string): string | null {
  const word = text.trim().toLowerCase().replaceAll('_', '-')
  if (NO_LANGUAGE.has(word) || word.length > 40) return null
  names ??= languageNames()
  return names.get(word) ?? parseTag(word)
}

function parseTag(word: string): string | null {
  if (!/^[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?$/.test(word)) return null
  const [tag = ''] = Intl.getCanonicalLocales(word)
  const [language = ''] = tag.split('-')
  // Of three letters only those of large languages: `web`, `who` and `sub` are languages too.
  const isKnown = language.length === 2 || language === 'fil' || language === 'yue'
  return isKnown && englishNames.of(language) !== undefined ? tag : null
}

function languageNames(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const first of LETTERS) {
    for (const second of LETTERS) {
      const [tag = ''] = Intl.getCanonicalLocales(first + second)
      const name = englishNames.of(tag)
      if (name !== undefined) found.set(name.toLowerCase(), tag)
    }
  }
  for (const tag of NAMED_IN_THEMSELVES.split(' ')) {
    const name = new Intl.DisplayNames(tag, { type: 'language', fallback: 'none' }).of(tag)
    if (name !== undefined) found.set(name.toLowerCase(), tag)
  }
  for (const [name, tag] of Object.entries(OTHER_NAMES)) found.set(name, tag)
  return found
}

/** Subtitles in the languages that somebody prefers first, those of forced text behind all others; else as they were. */
export function inPreferredOrder<
  Subtitles extends { readonly language: string | null; readonly forced: boolean },
>(subtitles: readonly Subtitles[], preferred: readonly string[]): readonly Subtitles[] {
  if (preferred.length === 0) return subtitles
  const rank = ({ language, forced }: Subtitles): number =>
    preferenceOf(language, preferred) + (forced ? preferred.length + 1 : 0)
  return subtitles.toSorted((a, b) => rank(a) - rank(b))
}

/**
 * Where a language stands in a list of preferred ones; behind all of them if it is not in it. `pt`
 * prefers `pt-BR` too, and the other way round with less weight.
 */
export function preferenceOf(language: string | null, preferred: readonly string[]): number {
  if (language === null) return preferred.length
  const same = preferred.indexOf(language)
  if (same !== -1) return same
  const base = language.split('-')[0]
  const related = preferred.findIndex((tag) => tag.split('-')[0] === base)
  return related === -1 ? preferred.length : related + 0.5
}
