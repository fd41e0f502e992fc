import { join } from 'node:path'
import fc from 'fast-check'
import { expect } from 'vitest'
import { runAtOnce } from '../../src/concurrency/steps.ts'
import { parseMetainfo } from '../../src/torrents/metainfo/metainfo.ts'
import { pathKey, portableName } from '../../src/torrents/metainfo/portable-name.ts'
import { Bitfield } from '../../src/torrents/pieces/bitfield.ts'
import { parseResumeData, resumePieces } from '../../src/torrents/state/resume-data.ts'
import { parseSession } from '../../src/torrents/state/session-record.ts'
import { storedFiles } from '../../src/torrents/store/file-layout.ts'
import { type FileMark, packMarks } from '../../src/torrents/store/file-mark.ts'
import { makeTorrent } from '../helpers/make-torrent.ts'
import { fuzz, mutated } from './fuzz.ts'

const metainfo = parseMetainfo(
  makeTorrent(
    'Show',
    ['a', 'b', 'c'].map((name) => ({ path: [name], data: Buffer.alloc(150) })),
    100,
  ).torrentFile,
)
const files = storedFiles(metainfo.files, join('/data', 'Show'))
const marks: FileMark[] = [[150, 1], null, [150, 3]]
const resume = {
  pieces: Buffer.from(new Bitfield(metainfo.pieceCount).bytes.fill(0xff)).toString('base64'),
  marks: Buffer.from(packMarks(marks).buffer).toString('base64'),
  kept: [[1, [0, 1]]],
  names: [[2, 'Show_/c']],
}
const record = {
  ...{ id: 3, infoHash: metainfo.infoHash, addedAt: new Date(0).toJSON(), isPaused: true },
  ...{ onlyFiles: '0,2-3', outputFolder: 'Show', wantedFolder: null, adopt: false, name: 'x' },
  ...{ trackers: ['udp://a'], exactSources: [], peers: ['1.2.3.4:5'] },
}
const session = { nextId: 7, torrents: [record, { ...record, infoHash: 'f'.repeat(40), id: 4 }] }

function jsonOrNull<T>(parse: (text: string) => T, text: string): T | null {
  try {
    return parse(text)
  } catch (error) {
    // What is no JSON, or no session, is damaged as a whole.
    expect(error).toBeInstanceOf(Error)
    return null
  }
}

/** Damaged texts, and the same structure with any values in any place. */
function damaged(whole: Readonly<Record<string, unknown>>): fc.Arbitrary<string> {
  const bytes = mutated([Buffer.from(JSON.stringify(whole))])
  const odd = fc.record(Object.fromEntries(Object.keys(whole).map((key) => [key, fc.jsonValue()])))
  return fc.oneof(
    bytes.map((text) => Buffer.from(text).toString()),
    fc.tuple(odd, fc.subarray(Object.keys(whole))).map(([values, kept]) => {
      const right = Object.fromEntries(kept.map((key) => [key, whole[key]]))
      return JSON.stringify({ ...values, ...right })
    }),
  )
}

fuzz('the list of torrents', damaged(session), (text) => {
  const parsed = jsonOrNull((given) => runAtOnce(parseSession(given)), text)
  if (parsed === null) return
  const ids = parsed.torrents.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { id, infoHash } of parsed.torrents) {
    expect(Number.isSafeInteger(id) && id >= 0 && id < parsed.nextId).toBe(true)
    expect(infoHash).toMatch(/^[0-9a-f]{40}$/)
  }
})

fuzz('an entry of the list', damaged(record), (text) => {
  const entry = jsonOrNull((json) => JSON.parse(json), text)
  const { torrents, lost } = runAtOnce(
    parseSession(JSON.stringify({ nextId: 1, torrents: [entry, record] })),
  )
  expect(torrents.length + lost.length).toBeGreaterThan(0)
  expect(torrents.some(({ infoHash }) => infoHash === record.infoHash)).toBe(true)
})

fuzz('resume data', damaged(resume), (text) => {
  const saved = jsonOrNull(parseResumeData, text)
  if (saved === null) return
  const { have, kept, inDoubt } = resumePieces(saved, metainfo, files, marks)
  // The second file is missing: nothing may say that its pieces are there.
  for (const piece of [1, 2]) expect(have.has(piece)).toBe(false)
  for (const [piece, within] of kept) expect(have.has(piece) || within.includes(1)).toBe(false)
  expect(inDoubt.every((piece) => piece < metainfo.pieceCount)).toBe(true)
})

fuzz('names for every file system', fc.string({ unit: 'binary' }), (name) => {
  const portable = portableName(name)
  expect(portableName(portable)).toBe(portable)
  expect(Buffer.byteLength(portable)).toBeLessThanOrEqual(240)
  expect(portable).not.toMatch(/[<>:"|?*\\/]|[. ]$|^$/)
  expect(pathKey(portable)).toBe(pathKey(portable.toUpperCase().toLowerCase()))
})
