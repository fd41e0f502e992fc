import { expect, test } from 'vitest'
import { codecName, type MediaFacts, playability } from '../../../src/web/logic/playability.ts'

/** A browser as most are: MP4 and WebM, AVC and AAC, neither HEVC nor Dolby. */
function usual(type: string): boolean {
  if (/avi|wmv|hvc1|ac-3|ec-3|dtsc|mp4v|6E0028|hvc1/.test(type)) return false
  return /^(?:video|audio)\/(?:mp4|webm|mpeg)/.test(type)
}

const MKV = { mime: 'video/x-matroska', audio: [{ codec: 'AAC' }] }

test.each<[string, MediaFacts, object]>([
  ['MP4 of which nothing is known', { mime: 'video/mp4', audio: [] }, { kind: 'plays' }],
  ['MKV, which browsers play without saying so', MKV, { kind: 'plays' }],
  ['AVC and AAC', { ...MKV, video: { codec: 'AVC', bit_depth: 8 } }, { kind: 'plays' }],
  [
    'AVI',
    { mime: 'video/x-msvideo', audio: [] },
    { kind: 'cannot', what: 'container', name: 'AVI' },
  ],
  [
    'HEVC',
    { ...MKV, video: { codec: 'HEVC' } },
    { kind: 'cannot', what: 'video', name: 'H.265 (HEVC)' },
  ],
  [
    'AVC of 10 bits',
    { ...MKV, video: { codec: 'AVC', bit_depth: 10 } },
    { kind: 'cannot', what: 'video', name: 'H.264 (10 bit)' },
  ],
  [
    'MPEG-2, which no browser plays',
    { ...MKV, video: { codec: 'MPEG Video' } },
    { kind: 'cannot', what: 'video', name: 'MPEG-2' },
  ],
  [
    'Dolby sound alone',
    { ...MKV, audio: [{ codec: 'AC-3' }, { codec: 'DTS XLL' }] },
    { kind: 'silent', name: 'Dolby Digital (AC-3)' },
  ],
  [
    'Dolby sound beside one that plays',
    { ...MKV, audio: [{ codec: 'AC-3' }, { codec: 'AAC LC' }] },
    { kind: 'plays' },
  ],
  [
    'a sound file of Dolby',
    { mime: 'audio/mp4', audio: [{ codec: 'E-AC-3' }] },
    { kind: 'cannot', what: 'audio', name: 'Dolby Digital Plus (E-AC-3)' },
  ],
])('%s', (_, facts, expected) => {
  expect(playability(facts, usual)).toEqual(expected)
})

test('a browser that says it can is believed', () => {
  expect(playability({ ...MKV, video: { codec: 'HEVC' } }, () => true)).toEqual({ kind: 'plays' })
})

test('codecs have the names that people use', () => {
  expect(codecName('audio', 'MPEG Audio')).toBe('MP3')
  expect(codecName('audio', 'Something')).toBe('Something')
})
