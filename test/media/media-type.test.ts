import { expect, test } from 'vitest'
import { knownMimeTypes, mediaTypeOf, mimeTypeOf } from '../../src/media/media-type.ts'

test.each([
  ['film.mkv', 'video/x-matroska', 'video'],
  ['FILM.MKV', 'video/x-matroska', 'video'],
  ['film.avi', 'video/x-msvideo', 'video'],
  ['film.mp4', 'video/mp4', 'video'],
  ['film.m4v', 'video/mp4', 'video'],
  ['film.mov', 'video/quicktime', 'video'],
  ['film.ts', 'video/mpeg', 'video'],
  ['film.m2ts', 'video/vnd.dlna.mpeg-tts', 'video'],
  ['00001.MTS', 'video/vnd.dlna.mpeg-tts', 'video'],
  ['film.mpg', 'video/mpeg', 'video'],
  ['film.vob', 'video/mpeg', 'video'],
  ['film.webm', 'video/webm', 'video'],
  ['film.wmv', 'video/x-ms-wmv', 'video'],
  ['film.ogv', 'video/ogg', 'video'],
  ['film.flv', 'video/x-flv', 'video'],
  ['film.3gp', 'video/3gpp', 'video'],
  ['film.rmvb', 'video/vnd.rn-realvideo', 'video'],
  ['song.mp3', 'audio/mpeg', 'audio'],
  ['song.flac', 'audio/x-flac', 'audio'],
  ['song.wav', 'audio/x-wav', 'audio'],
  ['song.m4a', 'audio/mp4', 'audio'],
  ['book.m4b', 'audio/mp4', 'audio'],
  ['song.ogg', 'audio/ogg', 'audio'],
  ['song.opus', 'audio/ogg', 'audio'],
  ['song.wma', 'audio/x-ms-wma', 'audio'],
  ['song.ape', 'audio/x-ape', 'audio'],
  ['song.dsf', 'audio/x-dsf', 'audio'],
  ['song.mid', 'audio/midi', 'audio'],
  ['cover.jpg', 'image/jpeg', 'image'],
  ['cover.PNG', 'image/png', 'image'],
  ['film.srt', 'text/srt', 'subtitle'],
  ['film.vtt', 'text/vtt', 'subtitle'],
  ['film.ass', 'text/x-ssa', 'subtitle'],
  ['a folder.zip/film.2021.1080p.mkv', 'video/x-matroska', 'video'],
])('%s is %s', (path, mimeType, kind) => {
  expect(mediaTypeOf(path)).toEqual({ mimeType, kind })
  expect(mimeTypeOf(path)).toBe(mimeType)
})

test.each([
  ['film.rar', 'application/vnd.rar'],
  ['film.r00', 'application/octet-stream'],
  ['film.mkv.rar', 'application/vnd.rar'],
  ['film.zip', 'application/zip'],
  ['film.7z', 'application/x-7z-compressed'],
  ['film.iso', 'application/x-iso9660-image'],
  ['film.mkv.part', 'application/octet-stream'],
  ['readme.nfo', 'text/x-nfo'],
  ['readme.txt', 'text/plain'],
  ['list.m3u', 'audio/x-mpegurl'],
  ['list.m3u8', 'application/vnd.apple.mpegurl'],
  ['list.asx', 'video/x-ms-asf'],
  ['drawing.svg', 'image/svg+xml'],
  ['page.html', 'text/html'],
  ['mp4', 'application/octet-stream'],
  ['.mkv', 'application/octet-stream'],
  ['film.mkv/README', 'application/octet-stream'],
  ['x.constructor', 'application/octet-stream'],
  ['', 'application/octet-stream'],
])('%s is no media', (path, mimeType) => {
  expect(mediaTypeOf(path)).toBeNull()
  expect(mimeTypeOf(path)).toBe(mimeType)
})

test('no MIME type is listed twice', () => {
  expect(new Set(knownMimeTypes()).size).toBe(knownMimeTypes().length)
  expect(knownMimeTypes()).toContain('video/x-matroska')
})
