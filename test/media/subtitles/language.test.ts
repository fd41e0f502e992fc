import { expect, test } from 'vitest'
import { parseLanguage, preferenceOf } from '../../../src/media/subtitles/language.ts'
import { parseTraits } from '../../../src/media/subtitles/sidecar-name.ts'

test.each([
  ['en', 'en'],
  ['ENG', 'en'],
  ['ger', 'de'],
  ['deu', 'de'],
  ['German', 'de'],
  ['français', 'fr'],
  ['日本語', 'ja'],
  ['pt-BR', 'pt-BR'],
  ['pob', 'pt-BR'],
  ['zh_Hant', 'zh-Hant'],
  ['chs', 'zh-Hans'],
  ['fil', 'fil'],
  ['web', null],
  ['x264', null],
  ['und', null],
  ['', null],
  ['e'.repeat(100_000), null],
])('%s is %s', (text, language) => {
  expect(parseLanguage(text)).toBe(language)
})

test.each([
  ['.en.forced', 'en', true, false],
  ['2_English', 'en', false, false],
  ['Brazilian Portuguese (SDH)', 'pt-BR', false, true],
  ['Chinese (Traditional)', 'zh-Hant', false, false],
  ['3_Spanish (Latin American)', 'es-419', false, false],
  ['.en.hi', 'en', false, true],
  ['.hi', 'hi', false, false],
  ['.SDH.eng', 'en', false, true],
  ['', null, false, false],
])('%j says %s, forced %s, for the deaf %s', (text, language, forced, hearingImpaired) => {
  expect(parseTraits(text)).toEqual({ language, forced, hearingImpaired })
})

test('a region is preferred to none, and none to another language', () => {
  const preferred = ['pt-BR', 'en']
  const languages = ['de', null, 'en-GB', 'en', 'pt', 'pt-BR']
  const order = [...languages].sort(
    (a, b) => preferenceOf(a, preferred) - preferenceOf(b, preferred),
  )
  expect(order.slice(0, 4)).toEqual(['pt-BR', 'pt', 'en', 'en-GB'])
})
