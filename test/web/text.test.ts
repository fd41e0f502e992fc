import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { API_ERROR_CODES } from '../../src/http/schemas/api-error-codes.ts'
import type { Setting } from '../../src/web/api/server-types.ts'
import { settingGroups } from '../../src/web/logic/setting-groups.ts'
import { DE } from '../../src/web/text/de.ts'
import { EN } from '../../src/web/text/en.ts'
import { filledIn } from '../../src/web/text/translate.ts'
import { jsonOf } from '../helpers/http-client.ts'
import { startRealServer } from '../helpers/real-server.ts'

const WEB = fileURLToPath(new URL('../../src/web', import.meta.url))

function placeholders(text: string): readonly string[] {
  return [...new Set(text.match(/\{\w+\}/g) ?? [])].toSorted()
}

describe('the second language', () => {
  it('has a text for each of English, and no others', () => {
    expect(Object.keys(DE).toSorted()).toEqual(Object.keys(EN).toSorted())
    expect(Object.entries(DE).filter(([, text]) => text.trim() === '')).toEqual([])
  })

  it.each(Object.entries(EN))('fills in the same in "%s"', (key, english) => {
    const german = DE[key as keyof typeof EN]
    expect(placeholders(german)).toEqual(placeholders(english))
    const [forms, others] = [english.split(' || '), german.split(' || ')]
    expect(others.length).toBe(forms.length)
    // A form that lacks something that the other has would lose a fact.
    for (const form of [...forms, ...others])
      expect(placeholders(form)).toEqual(placeholders(english))
  })
})

it('every text is used, and no view has texts of its own', () => {
  const files = readdirSync(WEB, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.tsx?$/.test(name) && !name.startsWith('text/e') && !name.startsWith('text/d'),
  )
  const code = files.map((name) => readFileSync(join(WEB, name), 'utf8')).join('\n')
  const isUsed = (key: string): boolean => {
    // Of a family, `kind.film`, the code has `kind.${…}`, perhaps with more behind it.
    const parts = key.split('.')
    const family = parts.length > 1 && code.includes(`\`${parts.slice(0, -1).join('.')}.\${`)
    const middle = parts.length > 2 && code.includes(`\`${parts[0]}.\${`)
    return code.includes(`'${key}'`) || family || middle
  }
  expect(Object.keys(EN).filter((key) => !isUsed(key))).toEqual([])
  // Words between tags would be English in every language; "Tributary" is a name.
  const words = [...code.matchAll(/>\s*([A-Za-z][A-Za-z ]{2,})\s*<\//g)].map(([, word]) =>
    word?.trim(),
  )
  expect(words.filter((word) => word !== 'Tributary')).toEqual([])
})

describe('filling in', () => {
  it.each([
    [1, 'en', '1 file'],
    [0, 'en', '0 files'],
    [2_500, 'en', '2,500 files'],
    [2_500, 'de', '2.500 files'],
  ])('chooses the form for %i in %s', (count, locale, text) => {
    expect(filledIn('{count} file || {count} files', { count }, locale)).toBe(text)
  })

  it('keeps names from right to left to themselves', () => {
    expect(filledIn('“{a}” ({b})', { a: 'البحر (2021)', b: 'River' }, 'en')).toBe(
      '“\u2068البحر (2021)\u2069” (River)',
    )
  })

  it('leaves what it does not know, and takes texts as they are', () => {
    expect(filledIn('{a} and {b}', { a: '{b} <i>' }, 'en')).toBe('{b} <i> and {b}')
  })
})

describe('what the server says has words on the page', () => {
  it.each(API_ERROR_CODES)('the error %s', (code) => {
    expect(Object.keys(EN)).toContain(`error.${code}`)
  })

  it('each of its settings, with effect and unit', async () => {
    const server = await startRealServer()
    const { settings } = jsonOf(await server.get('/settings')) as {
      settings: { name: string; unit: string | null }[]
    }
    expect(settings.length).toBeGreaterThan(10)
    const keys = settings.flatMap(({ name, unit }) => [
      ...[`setting.${name}`, `effect.${name}`],
      ...(unit === null ? [] : [`unit.${unit}`]),
    ])
    expect(keys.filter((key) => !(key in EN))).toEqual([])
    const groups = settingGroups(settings as Setting[])
    expect(groups.find(({ name }) => name === 'other')?.settings.map(({ name }) => name)).toEqual([
      'log-level',
    ])
  })
})
