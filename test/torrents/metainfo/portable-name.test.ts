import { describe, expect, it } from 'vitest'
import { pathKey, portableName, shortened } from '../../../src/torrents/metainfo/portable-name.ts'
import { nastyNames } from '../../helpers/nasty-names.ts'

describe('portableName()', () => {
  it.each([
    ['Film (2024) [x].mkv', 'Film (2024) [x].mkv'],
    ['What? <If>: "a|b*c".mkv', 'What_ _If__ _a_b_c_.mkv'],
    ['a\\b', 'a_b'],
    ['Show.', 'Show_'],
    ['Show . .', 'Show____'],
    ['...', '___'],
    ['con', 'con_'],
    ['NUL.txt', 'NUL_.txt'],
    ['com1', 'com1_'],
    ['comma', 'comma'],
    ['', '_'],
    ['bell\u0007', 'bell_'],
  ])('spells %j %j', (name, expected) => {
    expect(portableName(name)).toBe(expected)
  })

  it('gives names that every file system takes, and changes them no further', () => {
    for (const name of nastyNames(2_000)) {
      const portable = portableName(name)
      expect(portable).not.toMatch(/[<>:"|?*\\/]|[. ]$|^$/)
      expect(Buffer.byteLength(portable)).toBeLessThanOrEqual(240)
      expect(portableName(portable)).toBe(portable)
    }
  })
})

describe('shortened()', () => {
  it('keeps the extension and cuts no character in two', () => {
    const name = `${'\u{1f600}'.repeat(100)}.mkv`
    const short = shortened(name, 50)
    expect(short).toMatch(/^(\u{1f600})+\.mkv$/u)
    expect(Buffer.byteLength(short)).toBeLessThanOrEqual(50)
    expect(shortened('short.mkv', 50)).toBe('short.mkv')
  })
})

describe('pathKey()', () => {
  it.each([
    ['Show/E1.mkv', 'show/e1.MKV'],
    ['caf\u00e9/x', 'CAFE\u0301/X'],
    ['stra\u00dfe', 'STRASSE'],
    ['a/b.', 'a/b_'],
    ['a/b. ', 'a/b'],
    ['a./b', 'A_/b'],
    ['what?', 'what_'],
    ['con/x', 'CON_/x'],
    ['\u01c5', '\u01c6'],
  ])('is one for %j and %j', (one, other) => {
    expect(pathKey(one)).toBe(pathKey(other))
  })

  it.each([
    ['a/b', 'ab'],
    ['a', 'a  b'],
    ['a (2)', 'a (3)'],
    ['\u00e9', 'e'],
  ])('differs for %j and %j', (one, other) => {
    expect(pathKey(one)).not.toBe(pathKey(other))
  })

  it('is the same whichever way it is made', () => {
    for (const name of nastyNames(2_000)) expect(pathKey(portableName(name))).toBe(pathKey(name))
  })
})
