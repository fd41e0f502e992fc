import { describe, expect, it } from 'vitest'
import {
  decodeObjectId,
  encodeObjectId,
  type ObjectReference,
} from '../../../src/library/objects/object-id.ts'
import { hashOf } from '../../helpers/torrent-shelf.ts'

const infoHash = hashOf('Film')

const VIEWS = ['video', 'audio', 'images', 'recent', 'begun', 'films', 'series'] as const

const REFERENCES: readonly ObjectReference[] = [
  { kind: 'root' },
  { kind: 'torrent', infoHash },
  ...VIEWS.flatMap((view): ObjectReference[] => [
    { kind: 'view', view },
    { kind: 'entry', view, infoHash, fileIndex: 0 },
    { kind: 'entry', view, infoHash, fileIndex: 999_999_999 },
  ]),
  { kind: 'series', seriesKey: '0123456789' },
  { kind: 'season', seriesKey: 'abcdef0123', season: 0 },
  { kind: 'season', seriesKey: 'abcdef0123', season: 9_999 },
  ...[0, 1, 10, 999_999_999].flatMap((index): ObjectReference[] => [
    { kind: 'file', infoHash, fileIndex: index },
    { kind: 'folder', infoHash, depth: 1, firstFile: index },
    { kind: 'folder', infoHash, depth: 999_999_999, firstFile: index },
  ]),
]

describe('encodeObjectId()', () => {
  it.each(REFERENCES)('is undone by decodeObjectId(): $kind', (reference) => {
    expect(decodeObjectId(encodeObjectId(reference))).toEqual(reference)
  })

  it('makes a different id of each reference', () => {
    expect(new Set(REFERENCES.map(encodeObjectId)).size).toBe(REFERENCES.length)
  })

  it('stays below 64 bytes, and URLs do not change it', () => {
    for (const id of REFERENCES.map(encodeObjectId)) {
      expect(id.length).toBeLessThan(64)
      expect(encodeURIComponent(id)).toBe(id)
    }
  })
})

describe('decodeObjectId()', () => {
  it.each([
    '',
    '-1',
    '00',
    'X',
    'V.',
    `V.${infoHash}`,
    `V.${infoHash}-01`,
    'V.0123456789',
    'S.012345678',
    'S.0123456789.01',
    'S.0123456789.10000',
    infoHash.slice(1),
    infoHash.toUpperCase(),
    `${infoHash}-`,
    `${infoHash}-01`,
    `${infoHash}-1.0`,
    `${infoHash}--1`,
    `${infoHash}-1000000000`,
    `${infoHash}-d0-1`,
    `${infoHash}-d1`,
    `${infoHash}-d1-`,
    ` ${infoHash}`,
    `${infoHash}-1\n`,
    '__proto__',
  ])('knows nothing of %j', (text) => {
    expect(decodeObjectId(text)).toBeNull()
  })
})

it.each([
  ['V_T', 'video'],
  ['A_D', 'audio'],
  ['I_T', 'images'],
  ['15', 'video'],
])('%s is what some devices call %s', (id, view) => {
  expect(decodeObjectId(id)).toEqual({ kind: 'view', view })
})
