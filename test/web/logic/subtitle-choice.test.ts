import { describe, expect, it } from 'vitest'
import { subtitlesUnasked } from '../../../src/web/logic/subtitle-choice.ts'

const track = (language: string | null, name: string | null = null) => ({
  ...{ index: 0, language, name, url_srt: '/x.srt', url_vtt: '/x.vtt' },
})
const TRACKS = [track('fr', 'a.fre.srt'), track('de', 'a.ger.srt'), track('en')]

describe('the subtitles that are shown unasked', () => {
  it.each([
    ['the reader’s, where the film speaks another language', TRACKS, 'en', 'de', null, 1],
    ['the reader’s, where nobody knows what the film speaks', TRACKS, null, 'en', null, 2],
    ['none, where the film speaks the reader’s language', TRACKS, 'de', 'de', null, null],
    ['none, where there are others only', TRACKS.slice(0, 1), 'en', 'de', null, null],
    ['those beside the film that name no language', [track(null, 'a.srt')], 'en', 'de', null, 0],
    ['none inside of it that name no language', [track(null)], 'en', 'de', null, null],
    ['the language that was chosen last', TRACKS, 'de', 'de', 'fr', 0],
    ['the reader’s, where the last is not there', TRACKS, 'en', 'de', 'it', 1],
    ['none, where none was chosen last', TRACKS, 'en', 'de', 'none', null],
  ] as const)('are %s', (_, tracks, audio, reader, last, place) => {
    expect(subtitlesUnasked(tracks, audio, { reader, last })).toBe(place)
  })
})
