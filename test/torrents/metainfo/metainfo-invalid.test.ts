import bencode from 'bencode'
import { describe, expect, it } from 'vitest'
import { parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'

const info = {
  name: 'film.mkv',
  'piece length': 32_768,
  length: 40_000,
  pieces: Buffer.alloc(40),
}
const huge = Buffer.from('i99999999999999999999e')

function refusalOf(torrentFile: Uint8Array): string {
  try {
    parseMetainfo(torrentFile)
  } catch (error) {
    expect(error).toMatchObject({ name: 'TorrentError', kind: 'invalid-torrent' })
    return error instanceof Error ? error.message : ''
  }
  throw new Error('it was accepted')
}

function withInfo(changes: Record<string, unknown>): Uint8Array {
  return bencode.encode({ info: { ...info, ...changes } })
}

describe('parseMetainfo() refuses', () => {
  it.each([
    ['a negative length', { length: -5 }, 'length -5'],
    ['no length', { length: undefined }, 'length undefined'],
    ['a length that is text', { length: '40000' }, 'length'],
    ['no name', { name: undefined }, 'no name'],
    ['an empty name', { name: '' }, 'no name'],
    ['a name that is a number', { name: 7 }, 'no name'],
    ['no piece length', { 'piece length': undefined }, 'piece length is missing'],
    ['a piece length of 0', { 'piece length': 0 }, 'piece length is 0'],
    ['a negative piece length', { 'piece length': -1 }, 'piece length is -1'],
    ['pieces of 512 MiB', { 'piece length': 536_870_912 }, 'piece length is 536870912'],
    ['no hashes', { pieces: undefined }, 'no piece hashes'],
    ['half a hash', { pieces: Buffer.alloc(30) }, '30 bytes'],
    ['a hash too few', { pieces: Buffer.alloc(20) }, '1 piece hashes do not cover 40000 bytes'],
    ['a hash too many', { pieces: Buffer.alloc(60) }, '3 piece hashes do not cover 40000 bytes'],
    ['nothing to download', { length: 0, pieces: Buffer.alloc(0) }, '0 bytes'],
    ['version 2 alone', { pieces: undefined, 'meta version': 2 }, 'v2 alone'],
    ['no files', { files: [] }, 'no files'],
    ['a file that is a number', { files: [7] }, 'not a dictionary'],
    ['a file without a path', { files: [{ length: 40_000 }] }, 'no path'],
    ['a file without a length', { files: [{ path: ['a'] }] }, 'length undefined'],
    ['a file of negative length', { files: [{ path: ['a'], length: -1 }] }, 'length -1'],
    [
      'a path that is too deep',
      { files: [{ path: new Array(5_000).fill('a'), length: 40_000 }] },
      'more than 64 levels',
    ],
  ])('%s', (_, changes, message) => {
    expect(refusalOf(withInfo(changes))).toContain(message)
  })

  it('a length that no number can hold', () => {
    const text = Buffer.from(withInfo({})).toString('latin1').replace('i40000e', huge.toString())
    expect(refusalOf(Buffer.from(text, 'latin1'))).toContain('length')
  })

  it.each([
    ['nothing', ''],
    ['a web page', '<!doctype html><p>not found'],
    ['a list', 'le'],
    ['a number', 'i5e'],
    ['an empty dictionary', 'de'],
    ['an info that is a list', 'd4:infolee'],
    ['an info that is text', 'd4:info3:abce'],
    ['a dictionary that does not end', 'd4:infod6:lengthi5e'],
    ['a text that does not end', 'd4:info999:abc'],
    ['a text of negative length', 'd-3:'],
    ['a list with a text of negative length', 'd4:infol-3:'],
    ['lists without end', 'l'.repeat(1_000_000)],
  ])('%s', (_, text) => {
    expect(refusalOf(Buffer.from(text))).not.toBe('')
  })

  it('each beginning of a torrent file', () => {
    const whole = withInfo({})
    for (let end = 0; end < whole.length; end++) {
      expect(refusalOf(whole.subarray(0, end))).not.toBe('')
    }
  })
})
