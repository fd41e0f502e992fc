import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { distinctPaths, safeComponents } from '../../src/torrents/safe-path.ts'
import { nastyNames } from '../helpers/nasty-names.ts'

describe('safeComponents()', () => {
  it.each([
    ['leaves an ordinary path alone', ['a', 'b c.mkv'], ['a', 'b c.mkv']],
    ['drops what climbs', ['..', 'a', '.', '', 'b'], ['a', 'b']],
    ['drops dots and spaces', ['. .', '...', 'x'], ['x']],
    ['keeps hidden files', ['.hidden', '..rc'], ['.hidden', '..rc']],
    ['replaces separators', ['a/b\\c'], ['a_b_c']],
    ['replaces what climbs in one component', ['../../x'], ['.._.._x']],
    ['replaces control characters', ['a\0b\nc\u007fd'], ['a_b_c_d']],
    ['replaces halves of characters', ['a\ud800b'], ['a\ufffdb']],
    ['is never empty', ['..'], ['_']],
    ['is never empty either', [], ['_']],
  ])('%s', (_, components, expected) => {
    expect(safeComponents(components)).toEqual(expected)
  })

  it('stays below the folder, whatever the name', () => {
    for (const name of nastyNames(500)) {
      const path = join('/data', ...safeComponents([name, '..', name]))
      expect(relative('/data', path).split('/')).toHaveLength(2)
      expect(path).not.toContain('\0')
    }
  })

  it('shortens to what file systems take and keeps the extension', () => {
    const [ascii = ''] = safeComponents([`${'a'.repeat(300)}.mkv`])
    expect(ascii).toBe(`${'a'.repeat(236)}.mkv`)
    const [wide = ''] = safeComponents([`${'\u{1f600}'.repeat(300)}.mkv`])
    expect(wide).toBe(`${'\u{1f600}'.repeat(59)}.mkv`)
    const [odd = ''] = safeComponents([`x${'\u{1f600}'.repeat(300)}.mkv`])
    expect(odd).toBe(`x${'\u{1f600}'.repeat(58)}.mkv`)
    expect(safeComponents([`a.${'b'.repeat(300)}`])[0]).toHaveLength(240)
  })

  it('shortens a name of a megabyte in no time', () => {
    const startedAt = performance.now()
    safeComponents([`${'\u00e9'.repeat(1_000_000)}.mkv`])
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })
})

describe('distinctPaths()', () => {
  it('numbers twins before the extension', () => {
    const paths = [
      ['a', 'x.mkv'],
      ['a', 'x.mkv'],
      ['b', 'x.mkv'],
      ['a', 'x.mkv'],
    ]
    expect(distinctPaths(paths)).toEqual([
      ['a', 'x.mkv'],
      ['a', 'x (2).mkv'],
      ['b', 'x.mkv'],
      ['a', 'x (3).mkv'],
    ])
  })

  it('takes upper and lower case for the same', () => {
    expect(distinctPaths([['X.mkv'], ['x.MKV']])).toEqual([['X.mkv'], ['x (2).MKV']])
  })

  it('steps over a number that is taken', () => {
    expect(distinctPaths([['x'], ['x (2)'], ['x']])).toEqual([['x'], ['x (2)'], ['x (3)']])
    expect(distinctPaths([['x'], ['x'], ['x (2)']])).toEqual([['x'], ['x (2)'], ['x (2) (2)']])
  })

  it('renames a file that is in the way of a folder', () => {
    const paths = [['a'], ['a', 'b'], ['a', 'b', 'c']]
    expect(distinctPaths(paths)).toEqual([['a (2)'], ['a', 'b (2)'], ['a', 'b', 'c']])
  })

  it('numbers thousands of twins in no time', () => {
    const startedAt = performance.now()
    const paths = distinctPaths(Array.from({ length: 30_000 }, () => ['.pad', '65536']))
    expect(new Set(paths.map((path) => path.join('/'))).size).toBe(30_000)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })
})
