import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { flagOf, helpText, OPTIONS, variableOf } from '../../src/config/options.ts'

describe('helpText()', () => {
  it('names every option, in lines that fit a terminal', () => {
    const lines = helpText().split('\n')
    for (const option of OPTIONS) {
      expect(lines.some((line) => line.includes(` ${flagOf(option)}`))).toBe(true)
    }
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110)
  })
})

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
