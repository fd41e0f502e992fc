import { describe, expect, it } from 'vitest'
import { readableLine } from '../../src/cli/terminal-log.ts'
import { createLogger } from '../../src/json-log.ts'

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  let text = ''
  write(createLogger('debug', { write: (line) => (text += readableLine(line)) }))
  return text
}

describe('readableLine()', () => {
  it('shows time, level, part, message and facts', () => {
    const text = logged((log) =>
      log.child({ name: 'ssdp' }).info({ st: 'ssdp:all', hops: [1, 2] }, 'answered'),
    )
    expect(text).toMatch(/^\d\d:\d\d:\d\d info ssdp: answered st=ssdp:all hops=\[ 1, 2 \]\n$/)
  })

  it('shows the reason of an error on the same line', () => {
    const text = logged((log) => log.error({ err: new Error('disk full') }, 'not stored'))
    expect(text).toMatch(/ error not stored \(disk full\)\n$/)
  })

  it.each([
    ['\u001b[31mred', '\\u001b[31mred'],
    ['\u009b2J', '\\u009b2J'],
    ['a\r\nb', 'a\\u000d\\u000ab'],
    ['gpj.\u202eexe', 'gpj.\\u202eexe'],
    ['\u0007\u007f', '\\u0007\\u007f'],
    ['Küche 日本 🎬', 'Küche 日本 🎬'],
  ])('writes %j as %s, wherever a stranger put it', (name, shown) => {
    const text = logged((log) => {
      log.child({ name }).warn({ name, [name]: 1, deep: { name }, err: new Error(name) }, name)
    })
    expect(text).not.toMatch(/[^\P{C}\n]/u)
    expect(text).toContain(` warn ${shown}: ${shown} (${shown})`)
    expect(text.endsWith('\n')).toBe(true)
  })

  it('leaves other lines as they are', () => {
    expect(readableLine('no json\n')).toBe('no json\n')
    expect(readableLine('{"a":1}\n')).toBe('{"a":1}\n')
  })
})
