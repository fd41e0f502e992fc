import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/config.ts'
import { helpText } from '../../src/config/help.ts'
import { flagOf, type Option, variableOf } from '../../src/config/options/option.ts'
import { OPTIONS } from '../../src/config/options.ts'

describe('helpText()', () => {
  it('names every option, in lines that fit a terminal', () => {
    const lines = helpText().split('\n')
    for (const option of OPTIONS) {
      expect(lines.some((line) => line.includes(` ${flagOf(option)}`))).toBe(true)
    }
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110)
  })
})

describe('choices', () => {
  const options: readonly Option[] = OPTIONS
  const withValue = options.filter(({ kind }) => kind === 'value')

  it.each(withValue.map((option) => [flagOf(option), option] as const))(
    'of %s are all that it may be, for help and completion',
    (flag, { choices, help }) => {
      const words = complaintOf([flag, 'no such word']).match(/must be one of (.*), not /)?.[1]
      expect(choices?.join(', ')).toBe(words)
      for (const choice of choices ?? []) expect(help).toContain(choice)
    },
  )
})

/** Empty where there is none. */
function complaintOf(argv: string[]): string {
  try {
    parseConfig(argv, {})
    return ''
  } catch (error) {
    return String(error)
  }
}

describe('variableOf()', () => {
  it('is the name that a person would write', () => {
    expect(OPTIONS.map(variableOf)).toContain('TRIBUTARY_PEER_PORT')
    expect(OPTIONS.map(variableOf)).toContain('TRIBUTARY_NO_PORT_FORWARD')
  })
})

describe('README.md', () => {
  it('has the options as --help prints them', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
    const rows = helpText()
      .split('\n')
      .filter((line) => /^ {2}(-\w,| {3}) ?/.test(line))
    expect(rows).toHaveLength(OPTIONS.length + 2)
    for (const row of rows) expect(readme).toContain(row)
  })
})
