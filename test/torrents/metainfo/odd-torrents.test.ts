import { describe, expect, it } from 'vitest'
import { encodeBencode } from '../../../src/torrents/metainfo/bencode/safe-bencode.ts'
import { type Metainfo, parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'

const info = {
  name: 'film.mkv',
  'piece length': 32_768,
  length: 40_000,
  pieces: Buffer.alloc(40),
}
const T = 'http://t.example/announce'
const U = 'udp://u.example:80'

function parse(root: Record<string, unknown>, changes: Record<string, unknown> = {}): Metainfo {
  return parseMetainfo(encodeBencode({ ...root, info: { ...info, ...changes } }))
}

function filesOf(files: readonly unknown[]): readonly string[] {
  const metainfo = parse({}, { name: 'Show', files, length: undefined })
  return metainfo.files.map(({ components, length, padding, symlink }) => {
    const kind = padding ? 'pad' : symlink === null ? 'file' : `link to ${symlink.join('/')}`
    return `${kind} ${components.join('/')} ${length}`
  })
}

/** What libtorrent 2.0.8 has, too, in each case without a star. */
describe('the trackers of a torrent with', () => {
  it.each<[string, Record<string, unknown>, readonly string[]]>([
    ['announce', { announce: T }, [T]],
    ['white space around announce', { announce: ` ${T}\r\n` }, [T]],
    ['an empty announce', { announce: '' }, []],
    ['announce a number', { announce: 7 }, []],
    ['announce a dictionary', { announce: { a: T } }, []],
    ['announce a list *', { announce: [T, U] }, [T, U]],
    ['announce a list of lists *', { announce: [[T], [U]] }, [T, U]],
    ['tiers', { 'announce-list': [[T], [U]], announce: 'http://x' }, [T, U]],
    ['an empty list', { 'announce-list': [], announce: T }, [T]],
    ['an empty tier', { 'announce-list': [[]], announce: T }, [T]],
    ['an empty text', { 'announce-list': [['']], announce: T }, [T]],
    ['a blank text', { 'announce-list': [[' ', '\t']], announce: T }, [T]],
    ['white space in a tier', { 'announce-list': [[` ${T} `]] }, [T]],
    ['texts for tiers', { 'announce-list': [T, U], announce: 'http://x' }, ['http://x']],
    ['texts for tiers and nothing else *', { 'announce-list': [T, U] }, [T, U]],
    ['tiers in tiers', { 'announce-list': [[[T]]], announce: U }, [U]],
    ['numbers', { 'announce-list': [7, [8]], announce: T }, [T]],
    ['a mixture', { 'announce-list': [U, [T], 7, [7, U]], announce: 'http://x' }, [T, U]],
    ['duplicates', { 'announce-list': [[T, T], [T]] }, [T]],
    ['control characters', { 'announce-list': [['http://a/\u001b[2J', T]] }, [T]],
    ['a dictionary', { 'announce-list': { a: T }, announce: U }, [U]],
    ['a text', { 'announce-list': T, announce: U }, [U]],
  ])('%s', (_, root, trackers) => {
    expect(parse(root).trackers).toEqual(trackers)
  })

  it('thousands of them are the first thousand', () => {
    const many = Array.from({ length: 30_000 }, (_, index) => `http://${index}.example/announce`)
    expect(parse({ 'announce-list': [many] }).trackers).toEqual(many.slice(0, 1_000))
    expect(parse({ 'announce-list': many.map((url) => [url]) }).trackers).toHaveLength(1_000)
  })

  it('a URL without end is left out', () => {
    expect(parse({ 'announce-list': [[`http://a/${'x'.repeat(5_000)}`, T]] }).trackers).toEqual([T])
  })
})

describe('a torrent is read whatever stands under', () => {
  const keys = ['url-list', 'httpseeds', 'created by', 'comment', 'creation date', 'encoding']
  const others = ['codepage', 'nodes', 'publisher', 'piece layers']
  it.each([...keys, ...others])('%s', (key) => {
    for (const value of ['x', '', ['x'], [], 5, -5, { a: 'b' }, [[['x']]], Buffer.from([0xff])]) {
      expect(parse({ [key]: value })).toMatchObject({ name: 'film.mkv', length: 40_000 })
    }
  })
})

describe('the files of a torrent', () => {
  const file = { length: 20_000, path: ['a.mkv'] }

  it.each<[string, readonly unknown[], readonly string[]]>([
    [
      'with a pad of BitComet',
      [file, { length: 20_000, path: ['_____padding_file_0_if you see this file, please update'] }],
      ['file a.mkv 20000', 'pad _____padding_file_0_if you see this file, please update 20000'],
    ],
    [
      'with such a pad in a folder',
      [file, { length: 20_000, path: ['x', '_____padding_file_12_'] }],
      ['file a.mkv 20000', 'pad x/_____padding_file_12_ 20000'],
    ],
    [
      'with a pad without a path',
      [file, { length: 20_000, attr: 'p' }],
      ['file a.mkv 20000', 'pad .pad/20000 20000'],
    ],
    [
      'with a symlink that says no length',
      [file, file, { attr: 'l', path: ['s'], 'symlink path': ['a.mkv'] }],
      ['file a.mkv 20000', 'file a (2).mkv 20000', 'link to a.mkv s 0'],
    ],
    [
      'with a symlink that does not say where to',
      [file, file, { attr: 'l', path: ['s'] }],
      ['file a.mkv 20000', 'file a (2).mkv 20000', 'link to _ s 0'],
    ],
    [
      'with odd values beside',
      [{ ...file, length: 40_000, mtime: 'x', attr: 5, md5sum: [], sha1: Buffer.from([0xff]) }],
      ['file a.mkv 40000'],
    ],
    [
      'with a path.utf-8 of another type',
      [{ ...file, length: 40_000, 'path.utf-8': 'x' }],
      ['file a.mkv 40000'],
    ],
    [
      'with an empty path.utf-8',
      [{ ...file, length: 40_000, 'path.utf-8': [] }],
      ['file a.mkv 40000'],
    ],
    [
      'with a path.utf-8 that is none',
      [{ ...file, length: 40_000, 'path.utf-8': [Buffer.from([0xff])] }],
      ['file a.mkv 40000'],
    ],
    ['with nothing but dots', [{ length: 40_000, path: ['..', '.'] }], ['file _ 40000']],
  ])('%s', (_, files, expected) => {
    expect(filesOf(files)).toEqual(expected)
  })

  it('are one where `files` is no list', () => {
    expect(parse({}, { files: { a: 1 } }).isFolder).toBe(false)
    expect(parse({}, { files: 'x' }).files).toHaveLength(1)
  })

  it('are those of the list where there is a length, too', () => {
    const metainfo = parse({}, { files: [{ ...file, length: 40_000 }], length: 5 })
    expect(metainfo).toMatchObject({ isFolder: true, length: 40_000 })
  })
})

describe('the name of a torrent', () => {
  it('is `name` where `name.utf-8` is no text, no UTF-8 or empty', () => {
    for (const utf8 of [7, [], '', Buffer.from([0xff])]) {
      expect(parse({}, { 'name.utf-8': utf8 }).name).toBe('film.mkv')
    }
  })

  it('is `name.utf-8` where there is no other', () => {
    expect(parse({}, { name: 7, 'name.utf-8': 'g.mkv' }).name).toBe('g.mkv')
  })

  it('may be empty for a folder', () => {
    const files = [{ length: 40_000, path: ['a'] }]
    expect(parse({}, { name: '', files, length: undefined })).toMatchObject({ name: '_' })
  })
})

describe('a private torrent', () => {
  it.each([
    [1, true],
    [-1, true],
    [2, true],
    [2n ** 64n, true],
    [0, false],
    ['1', false],
    [undefined, false],
  ])('says %s', (value, isPrivate) => {
    expect(parse({}, { private: value }).isPrivate).toBe(isPrivate)
  })
})

describe('what is no torrent is named', () => {
  it.each([
    ['', 'empty'],
    ['hello', 'plain text'],
    ['download this', 'plain text'],
    ['info hash', 'plain text'],
    ['\ufeffd\u00e9j\u00e0 vu', 'plain text'],
    ['<!doctype html><p>not found', 'a web page'],
    ['\ufeff \n<HTML><body>', 'a web page'],
    ['<?xml version="1.0"?><nzb>', 'XML'],
    ['{"error": "login"}', 'JSON'],
    ['magnet:?xt=urn:btih:0123', 'a magnet URI'],
    ['http://example.com/a.torrent', 'a URL'],
  ])('%j', (text, what) => {
    expect(() => parseMetainfo(Buffer.from(text))).toThrow(`this is ${what}, not a torrent file`)
  })

  it.each([
    ['1f8b0800', 'gzip-compressed data'],
    ['504b0304', 'a zip archive'],
    ['526172211a07', 'a RAR archive'],
    ['255044462d', 'a PDF document'],
    ['1a45dfa3', 'a Matroska film'],
    ['0000002066747970', 'binary data'],
    ['ffd8ffe0', 'binary data'],
  ])('0x%s', (hex, what) => {
    expect(() => parseMetainfo(Buffer.from(hex, 'hex'))).toThrow(`this is ${what}, not a`)
  })

  it('what begins like one is malformed, and where', () => {
    expect(() => parseMetainfo(Buffer.from('d4:infod6:lengthi5e'))).toThrow(
      'the torrent file is malformed: it ends too early (at byte 19)',
    )
    expect(() => parseMetainfo(Buffer.from('i5e'))).toThrow('not a bencoded dictionary')
  })
})
