import { parseLanguage } from './language.ts'

/** What a name says about the subtitles in a file, or a track's name about the track. */
export interface SubtitleTraits {
  /** BCP 47; `null` where nothing says. */
  readonly language: string | null
  /** Only what is spoken in another language than the film. */
  readonly forced: boolean
  /** For the deaf and hard of hearing: noises too. */
  readonly hearingImpaired: boolean
}

const FORCED: ReadonlySet<string> = new Set(['forced', 'foreign', 'signs', 'songs'])
const HEARING_IMPAIRED: ReadonlySet<string> = new Set(['sdh', 'cc', 'hi', 'hoh', 'deaf'])
/** What stands beside them and says nothing. */
const FILLERS: ReadonlySet<string> = new Set(['full', 'default', 'sub', 'subs', 'subtitle', 'text'])

/** Words of a name, from the last one on, that may say something; more are the name of a film. */
const MOST_WORDS = 6

/** Reads `en.forced`, `2_English`, `Brazilian Portuguese (SDH)` and the like. */
export function parseTraits(text: string): SubtitleTraits {
  const words = text
    .toLowerCase()
    .split(/[\s._()[\]+&,]+/)
    .flatMap((word) => (parseLanguage(word) === null ? word.split('-') : word))
    .filter((word) => word !== '')
    .slice(-MOST_WORDS)
  const has = (set: ReadonlySet<string>): boolean => words.some((word) => set.has(word))
  const pairs = words.map((word, index) => [words[index - 1] ?? '', word].join(' ').trim())
  const language =
    firstLanguage(pairs.filter((pair) => pair.includes(' '))) ??
    firstLanguage(words.filter((word) => !HEARING_IMPAIRED.has(word))) ??
    (words.length === 1 ? parseLanguage(words[0] ?? '') : null)
  return {
    language,
    forced: has(FORCED),
    // Alone it is the code of Hindi.
    hearingImpaired: has(HEARING_IMPAIRED) && !(language === 'hi' && words.length === 1),
  }
}

/** Whether a word between dots at the end of a file's name says something about its subtitles. */
export function isTrait(word: string): boolean {
  const plain = word.toLowerCase()
  if (FORCED.has(plain) || HEARING_IMPAIRED.has(plain) || FILLERS.has(plain)) return true
  return /^\d{1,2}$/.test(plain) || parseLanguage(plain) !== null
}

/** One with a script or a region says more than one without. */
function firstLanguage(words: readonly string[]): string | null {
  const languages = words.map(parseLanguage).filter((language) => language !== null)
  return languages.find((language) => language.includes('-')) ?? languages[0] ?? null
}
