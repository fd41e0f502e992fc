import { expect, test } from 'vitest'
import { MAX_TORRENT_FILE_BYTES } from '../../../src/torrents/metainfo/torrent-source.ts'
import { fileKind, typedSource } from '../../../src/web/logic/source-kind.ts'

const HASH = '0123456789abcdef0123456789ABCDEF01234567'

test.each([
  [`magnet:?xt=urn:btih:${HASH}&dn=A+film`, { kind: 'magnet', name: 'A film' }],
  ['MAGNET:?dn=x&xt=urn:btmh:1220aa', { kind: 'magnet', infoHash: null }],
  [`magnet:?xt.1=urn:btih:${HASH}`, { kind: 'magnet', infoHash: HASH.toLowerCase() }],
  [' https://example.org/a.torrent ', { kind: 'url' }],
  [HASH, { kind: 'info-hash' }],
  ['', { kind: 'unreadable', reason: 'empty' }],
  ['hello', { kind: 'unreadable', reason: 'text' }],
  ['magnet:?dn=nothing', { kind: 'unreadable', reason: 'magnet-without-hash' }],
  ['magnet:', { kind: 'unreadable', reason: 'magnet-without-hash' }],
  ['ftp://example.org/a.torrent', { kind: 'unreadable', reason: 'other-scheme' }],
  [HASH.slice(1), { kind: 'unreadable', reason: 'hash-of-wrong-length' }],
])('%j is told for what it is', (text, expected) => {
  expect(typedSource(text)).toMatchObject(expected)
})

test.each([
  ['d8:announce3:urn4:infod6:lengthi1eee', 'torrent'],
  ['d3:fooi1ee', 'bencode'],
  ['<!DOCTYPE html><title>Sign in', 'web-page'],
  ['PK\x03\x04zip', 'archive'],
  ['%PDF-1.7', 'pdf'],
  ['\x89PNG\r\n\x1a\n', 'picture'],
  ['\x1aE\xdf\xa3matroska', 'film'],
  ['\0\0\0\x20ftypisom', 'film'],
  ['hello', 'text'],
  ['\x00\x01\x02', 'unknown'],
  ['', 'empty'],
])('a file that begins with %j', (head, kind) => {
  expect(fileKind(Buffer.from(head, 'latin1'), head.length)).toBe(kind)
})

test('a torrent file larger than the server takes is named as such, and no other', () => {
  const head = Buffer.from('d8:announce3:urn4:infod6:lengthi1eee')
  expect(fileKind(head, MAX_TORRENT_FILE_BYTES)).toBe('torrent')
  expect(fileKind(head, MAX_TORRENT_FILE_BYTES + 1)).toBe('too-large')
})
