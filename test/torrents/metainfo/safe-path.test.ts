import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { distinctPaths, safeComponents } from '../../../src/torrents/metainfo/safe-path.ts'
import { nastyNames } from '../../helpers/nasty-names.ts'

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
    ['replaces C1 control characters', ['a\u0085b\u009b31mc'], ['a_b_31mc']],
    ['replaces escape sequences', ['\u001b[2J\u001b]0;title\u0007x'], ['_[2J_]0;title_x']],
    ['replaces what turns the writing', ['film\u202egpj.exe'], ['film_gpj.exe']],
    ['replaces all of those', ['\u061c\u200e\u200f\u202a\u202d\u2066\u2069x'], ['_______x']],
    ['replaces line separators', ['a\u2028b\u2029c'], ['a_b_c']],
    ['drops a byte order mark', ['\ufefffilm.mkv'], ['film.mkv']],
    ['drops what has no width', ['f\u200bi\u2060l\u00adm\ufeff'], ['film']],
    ['drops joiners that join nothing', ['a\u200db\u200c', '\u200d\u00e9'], ['ab', '\u00e9']],
    ['keeps joiners of emoji', ['\u{1f468}\u200d\u{1f469}'], ['\u{1f468}\u200d\u{1f469}']],
    ['keeps joiners of Persian', ['\u0645\u06cc\u200c\u062e'], ['\u0645\u06cc\u200c\u062e']],
    ['keeps the normal form', ['Cafe\u0301', 'Caf\u00e9'], ['Cafe\u0301', 'Caf\u00e9']],
    ['drops what is empty then', ['\u200b', '\ufeff..', 'x'], ['x']],
    ['keeps what only some file systems refuse', ['a:b?', 'CON', 'x.'], ['a:b?', 'CON', 'x.']],
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

  it('reads a name of nothing but joiners in no time', () => {
    const startedAt = performance.now()
    expect(safeComponents([`a${'\u200d'.repeat(100_000)}\u00e9`])).toEqual(['a\u00e9'])
    expect(performance.now() - startedAt).toBeLessThan(5_000)
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

  it('takes composed and decomposed letters for the same', () => {
    expect(distinctPaths([['Caf\u00e9'], ['Cafe\u0301']])).toEqual([
      ['Caf\u00e9'],
      ['Cafe\u0301 (2)'],
    ])
  })

  it('tells folders apart that contain a separator of its own', () => {
    const paths = [
      ['1', 'x'],
      ['1/x', 'y'],
      ['1', 'x', 'y'],
    ]
    expect(new Set(distinctPaths(paths).map((path) => path.join('|'))).size).toBe(3)
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
