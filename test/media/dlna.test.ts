import { expect, test } from 'vitest'
import { contentFeatures, protocolInfo, transferMode } from '../../src/media/dlna.ts'
import { mediaTypeOf } from '../../src/media/media-type.ts'

test.each([
  ['film.mkv', '01700000'],
  ['song.mp3', '01700000'],
  ['cover.jpg', '00F00000'],
  ['film.srt', '00D00000'],
  ['readme.nfo', '00D00000'],
])('the flags of %s are %s', (path, primaryFlags) => {
  expect(contentFeatures(mediaTypeOf(path))).toBe(
    `DLNA.ORG_OP=01;DLNA.ORG_CI=0;DLNA.ORG_FLAGS=${primaryFlags}000000000000000000000000`,
  )
})

test('protocolInfo ends in what contentFeatures.dlna.org says', () => {
  expect(protocolInfo({ mimeType: 'video/mp4', kind: 'video' })).toBe(
    'http-get:*:video/mp4:DLNA.ORG_OP=01;DLNA.ORG_CI=0;' +
      'DLNA.ORG_FLAGS=01700000000000000000000000000000',
  )
})

test.each([
  ['film.mkv', undefined, 'Streaming'],
  ['song.mp3', undefined, 'Streaming'],
  ['cover.jpg', undefined, 'Interactive'],
  ['film.srt', undefined, 'Interactive'],
  ['readme.nfo', undefined, 'Interactive'],
  ['film.mkv', 'Streaming', 'Streaming'],
  ['film.mkv', 'Interactive', 'Streaming'],
  ['film.mkv', 'Background', 'Background'],
  ['film.mkv', ' background ', 'Background'],
  ['film.mkv', 'nonsense', 'Streaming'],
  ['cover.jpg', 'Streaming', 'Interactive'],
  ['cover.jpg', 'Background', 'Background'],
])('%s, asked for as %s, is sent as %s', (path, requested, mode) => {
  expect(transferMode(mediaTypeOf(path), requested)).toBe(mode)
})
