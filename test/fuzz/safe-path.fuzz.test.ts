import { join, relative } from 'node:path'
import fc from 'fast-check'
import { expect } from 'vitest'
import { runAtOnce } from '../../src/concurrency/steps.ts'
import { chooseNameDecoder } from '../../src/torrents/metainfo/charset/name-charset.ts'
import { portableName } from '../../src/torrents/metainfo/portable-name.ts'
import { distinctPaths, safeComponents } from '../../src/torrents/metainfo/safe-path.ts'
import { fuzz } from './fuzz.ts'

const component = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom(...'/\\.. \u0000\u001b\u0085\u200b\u200d\u202e\ufeff:?*<>|"aA\u00e9'),
  }),
  fc.constantFrom('..', '.', '', 'CON', 'nul.txt', '\ud800', 'e\u0301', '\u00e9'),
)

fuzz('components stay below their folder', fc.array(component, { maxLength: 6 }), (components) => {
  const safe = safeComponents(components)
  const portable = safe.map(portableName)
  for (const names of [safe, portable]) {
    expect(relative('/data', join('/data', ...names)).split('/')).toEqual(names)
    expect(names.join('')).not.toMatch(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\\]/u)
  }
  expect(safeComponents(safe)).toEqual(safe)
  expect(portable.map(portableName)).toEqual(portable)
  expect(portable.join('')).not.toMatch(/[:?*"<>|]/)
  for (const name of portable) expect(name).not.toMatch(/[. ]$|^(con|nul|aux|prn)(\.|$)/i)
})

const shortPath = fc.array(fc.constantFrom('a', 'A', 'b', 'a (2)', '\u00e9', 'e\u0301', 'x.mkv'), {
  minLength: 1,
  maxLength: 3,
})

fuzz('no two files have one path, and none that of a folder', fc.array(shortPath), (paths) => {
  const keys = distinctPaths(paths).map((path) => path.join('/').normalize('NFC').toLowerCase())
  expect(new Set(keys).size).toBe(paths.length)
  for (const path of paths) {
    for (let level = 1; level < path.length; level++) {
      expect(keys).not.toContain(path.slice(0, level).join('/').normalize('NFC').toLowerCase())
    }
  }
})

fuzz(
  'names in any bytes are read, always alike, and only by what they say',
  fc.tuple(
    fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 5 }),
    fc.constantFrom(null, 'gb18030', 'shift_jis', 'windows-1251'),
  ),
  ([names, declared]) => {
    const read = (): string[] => names.map(runAtOnce(chooseNameDecoder(names, declared)))
    expect(read()).toEqual(read())
  },
)
