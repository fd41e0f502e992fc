import { createHash } from 'node:crypto'
import bencode from 'bencode'
import { describe, expect, it } from 'vitest'
import {
  type Metainfo,
  parseMetainfo,
  readMetainfo,
} from '../../../src/torrents/metainfo/metainfo.ts'
import { makeTorrent, pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'

const data = pseudoRandomBytes(50_000, 1)

/** A valid one-file info dictionary of two pieces. */
const info = {
  name: 'film.mkv',
  'piece length': 32_768,
  length: 40_000,
  pieces: Buffer.alloc(40),
}

function parse(changes: Record<string, unknown>, root: Record<string, unknown> = {}): Metainfo {
  return parseMetainfo(bencode.encode({ ...root, info: { ...info, ...changes } }))
}

function pathsOf(files: readonly Record<string, unknown>[]): string[] {
  return parse({ files, length: undefined }).files.map(({ components }) => components.join('/'))
}

describe('parseMetainfo()', () => {
  it('reads the one-file form', () => {
    const { torrentFile } = singleFile('film.mkv', data)
    const metainfo = parseMetainfo(torrentFile)
    expect(metainfo).toMatchObject({ name: 'film.mkv', isFolder: false, length: 50_000 })
    expect(metainfo).toMatchObject({ pieceLength: 32_768, pieceCount: 2, isPrivate: false })
    expect(metainfo.files).toEqual([
      {
        ...{ index: 0, components: ['film.mkv'], length: 50_000, offset: 0, padding: false },
        ...{ symlink: null, executable: false, hidden: false },
      },
    ])
  })

  it('hashes the info dictionary', () => {
    const encoded = bencode.encode({ info })
    const hash = createHash('sha1').update(bencode.encode(info)).digest('hex')
    expect(parseMetainfo(encoded).infoHash).toBe(hash)
  })

  it('counts pads, and tells them and other attributes', () => {
    const { torrentFile } = makeTorrent('Show', [
      { path: ['a.mkv'], data: data.subarray(0, 40_000), attr: 'hx' },
      { path: ['.pad', '25536'], data: Buffer.alloc(25_536), attr: 'p' },
      { path: ['b.mkv'], data: data.subarray(40_000) },
    ])
    const { files, length, isFolder } = parseMetainfo(torrentFile)
    expect(isFolder).toBe(true)
    expect(length).toBe(75_536)
    expect(files.map(({ offset }) => offset)).toEqual([0, 40_000, 65_536])
    expect(files.map(({ padding }) => padding)).toEqual([false, true, false])
    expect(files[0]).toMatchObject({ executable: true, hidden: true, symlink: null })
  })

  it('reads symlinks, which have no bytes', () => {
    const link = { attr: 'l', path: ['link.mkv'], 'symlink path': ['..', 'a', 'b.mkv'] }
    const { files } = parse({ length: undefined, files: [{ length: 40_000, path: ['a'] }, link] })
    expect(files[1]).toMatchObject({ length: 0, symlink: ['a', 'b.mkv'] })
  })

  it('takes a symlink that has bytes for a file', () => {
    const { files } = parse({
      length: undefined,
      files: [{ attr: 'l', length: 40_000, path: ['a'] }],
    })
    expect(files[0]).toMatchObject({ length: 40_000, symlink: null })
  })

  it('prefers names and paths that are said to be UTF-8', () => {
    expect(parse({ 'name.utf-8': 'caf\u00e9.mkv' }).name).toBe('caf\u00e9.mkv')
    const twice = [{ length: 40_000, path: [Buffer.from([0xe9])], 'path.utf-8': ['\u00e9'] }]
    expect(pathsOf(twice)).toEqual(['\u00e9'])
  })

  it('reads names that are no UTF-8', () => {
    expect(parse({ name: Buffer.from([0x63, 0xe9]) }).name).toBe('c\u00e9')
  })

  it('lets no name or path climb', () => {
    expect(parse({ name: '..' }).name).toBe('_')
    expect(parse({ name: '../../etc/passwd' }).files[0]?.components).toEqual(['.._.._etc_passwd'])
    expect(pathsOf([{ length: 40_000, path: ['..', '..', 'etc', 'passwd'] }])).toEqual([
      'etc/passwd',
    ])
  })

  it('gives each file a path of its own', () => {
    const file = { length: 20_000, path: ['a', 'x.mkv'] }
    expect(pathsOf([file, file])).toEqual(['a/x.mkv', 'a/x (2).mkv'])
    expect(pathsOf([file, { length: 20_000, path: ['a', '..', 'x.mkv'] }])[1]).toBe('a/x (2).mkv')
  })

  it('lists each tracker once, and `announce` only where there is no list', () => {
    const list = [['udp://a', 'udp://b'], ['udp://a'], 'nonsense', [7]]
    expect(parse({}, { announce: 'udp://c', 'announce-list': list }).trackers).toEqual([
      'udp://a',
      'udp://b',
    ])
    expect(parse({}, { announce: 'udp://c' }).trackers).toEqual(['udp://c'])
    expect(parse({}).trackers).toEqual([])
  })

  it('knows private torrents', () => {
    expect(parse({ private: 1 }).isPrivate).toBe(true)
    expect(parse({ private: 0 }).isPrivate).toBe(false)
  })

  it('reads a hybrid of versions 1 and 2 as version 1', () => {
    const tree = { 'film.mkv': { '': { length: 40_000, 'pieces root': Buffer.alloc(32) } } }
    expect(parse({ 'meta version': 2, 'file tree': tree }).pieceCount).toBe(2)
  })
})

it('does not read the files of a torrent that is known again', async () => {
  const info = `4:infod6:lengthi5e4:name1:a12:piece lengthi16384e6:pieces20:${'x'.repeat(20)}e`
  const known = parseMetainfo(Buffer.from(`d${info}e`))
  const again = Buffer.from(`d8:announce17:udp://t.example:1${info}e`)
  const read = await readMetainfo(again, (infoHash) => {
    return infoHash === known.infoHash ? known : null
  })
  expect(read).toMatchObject({ name: known.name, trackers: ['udp://t.example:1'] })
  expect(read.torrentFile).toEqual(again)
  expect(Buffer.compare(read.infoBytes, known.infoBytes)).toBe(0)
  expect(read.files).toBe(known.files)
  const other = await readMetainfo(again, () => null)
  expect(other.files).not.toBe(known.files)
  expect(other.infoHash).toBe(known.infoHash)
})
