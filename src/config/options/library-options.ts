import { z } from 'zod'
import type { CheckedOption, ValuesOf } from './option.ts'
import { refuse, wholeNumber } from './rules.ts'

/** What is shown of the files. */
export interface LibraryConfig {
  /** BCP 47, the most wanted first. */
  readonly subtitleLanguages: readonly string[]
  /** Of pictures that are kept on the disk; 0 keeps none. */
  readonly pictureCacheMebibytes: number
}

/** 100 GiB: more pictures than anybody looks at. */
const MAX_PICTURE_CACHE_MEBIBYTES = 102_400

/** Tags of BCP 47 or codes of ISO 639, with commas between them or one by one. */
const languages = z.array(z.string()).transform((texts, context) =>
  texts
    .flatMap((text) => text.split(','))
    .map((text) => {
      const tag = text.trim().replaceAll('_', '-')
      const isTag = /^[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?$/i.test(tag)
      const [canonical] = isTag ? Intl.getCanonicalLocales(tag) : []
      return canonical ?? refuse(context, 'must be languages, as en or pt-BR', text)
    }),
)

export const LIBRARY_OPTIONS = [
  {
    name: 'subtitle-languages',
    kind: 'list',
    argument: 'language',
    help: 'preferred subtitles, best first: en, ger, pt-BR (repeatable)',
    rule: languages.default([]),
  },
  {
    name: 'picture-cache',
    kind: 'value',
    argument: 'MiB',
    help: 'disk space for pictures of films and music',
    fallback: '128',
    rule: wholeNumber({ least: 0, most: MAX_PICTURE_CACHE_MEBIBYTES }).default(128),
  },
] as const satisfies readonly CheckedOption[]

export function libraryConfig(values: ValuesOf<typeof LIBRARY_OPTIONS>): LibraryConfig {
  return {
    subtitleLanguages: values['subtitle-languages'],
    pictureCacheMebibytes: values['picture-cache'],
  }
}
