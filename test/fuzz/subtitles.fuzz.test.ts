import fc from 'fast-check'
import { expect } from 'vitest'
import { framesOf } from '../../src/media/subtitles/embedded/matroska-lacing.ts'
import { openFilm } from '../../src/media/subtitles/embedded/open-film.ts'
import { parseSubtitles } from '../../src/media/subtitles/formats/parse-subtitles.ts'
import { parseLanguage } from '../../src/media/subtitles/language.ts'
import { parseTraits } from '../../src/media/subtitles/sidecar-name.ts'
import { inTurns } from '../../src/media/subtitles/steps.ts'
import { parseSubtitleTarget } from '../../src/media/subtitles/subtitle-path.ts'
import { writeSubtitles } from '../../src/media/subtitles/write-subtitles.ts'
import { MemoryBytes } from '../helpers/byte-source.ts'
import { makeMatroska } from '../helpers/make-matroska.ts'
import { makeTimedText } from '../helpers/make-timed-text.ts'
import { fixture } from '../media/probe/fixture-source.ts'
import { fuzz, mutated, mutatedText } from './fuzz.ts'

const FILES = [
  '1\n00:00:01,500 --> 00:00:02,750\nOne <i>line</i>\n\n2\n01:02:03,004 --> 01:02:04,000\nNext\n',
  'WEBVTT\n\nNOTE x\n\n00:01.500 --> 00:02.750 line:0\n<v Anna>One</v> &amp; <c.x>two</c>\n',
  '[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.50,0:00:02.75,{\\i1}a{\\p1}m 0 0{\\p0}\\N\\h,b\n',
  '{1}{1}25.000\n{25}{50}{y:i}One|two\n{75}{}/three\n',
  '[10][20]/One|two\n',
  '[INFORMATION]\n00:00:01.00,00:00:02.00\nOne[br]two\n',
  '<SAMI><SYNC Start=1000><P Class=ENCC>One<br>two<SYNC Start=2000><P Class=ENCC>&nbsp;\n',
  '<tt xmlns="a" ttp:frameRate="25">\n<body begin="1s"><p begin="00:00:01:05" dur="2s"><span tts:fontStyle="italic">One</span><br/>two &#33;<!-- x --></p>\n</body></tt>',
  '\ufeff1\r00:00:01,0 --> 00:00:02,0\rПривет\r',
].map((text) => Buffer.from(text))

fuzz(
  'any bytes are read as subtitles, in order and inside of bounds',
  mutated(FILES),
  async (bytes) => {
    const cues = await inTurns(parseSubtitles(bytes))
    let last = 0
    for (const { startMs, endMs, text } of cues) {
      expect(startMs).toBeGreaterThanOrEqual(last)
      expect(endMs).toBeGreaterThan(startMs)
      expect(text).not.toMatch(/\n\n|^\n|\n$|^$|-->/)
      last = startMs
    }
    // What we write is read again as it was.
    const written = await inTurns(writeSubtitles(cues, { format: 'srt' }))
    expect((await inTurns(parseSubtitles(written))).length).toBeLessThanOrEqual(cues.length)
    const vtt = await inTurns(writeSubtitles(cues, { format: 'vtt' }))
    expect(vtt.toString().startsWith('WEBVTT\n\n')).toBe(true)
  },
)

const TRACKS = [
  { number: 2, codec: 'S_TEXT/UTF8', packing: 'zlib' },
  { number: 3, codec: 'S_TEXT/ASS', language: 'ger', packing: 'stripped' },
] as const
const CUES = [2, 3, 2].map((track, index) => ({
  track,
  start: index * 6_000,
  duration: 1_000,
  text: 'The 0,0,Default,,0,0,0,,{\\i1}words',
}))
const SAMPLES = [
  { text: '', duration: 500 },
  { text: 'One', duration: 500 },
]

async function readAll(bytes: Buffer, name: string, hole: number): Promise<void> {
  const isThere = (position: number): boolean => position < hole || position > hole + 200
  const source = new MemoryBytes(bytes, isThere)
  const film = await openFilm(source, name)
  for (const { number } of film?.tracks ?? []) {
    const { cues } = (await film?.text(number)) ?? { cues: [] }
    expect(cues.length).toBeLessThan(10_000)
  }
}

const films = (['blocks', 'clusters', 'none'] as const).map((index) =>
  makeMatroska({ tracks: TRACKS, cues: CUES, index, unknownSizes: index === 'none' }),
)

fuzz(
  'any bytes are looked through as a Matroska film, holes and all',
  fc.tuple(mutated(films), fc.nat(4_000)),
  ([bytes, hole]) => readAll(Buffer.from(bytes), 'film.mkv', hole),
)

fuzz(
  'any bytes are looked through as an MP4 film, holes and all',
  fc.tuple(mutated([makeTimedText({ samples: SAMPLES })]), fc.nat(4_000)),
  ([bytes, hole]) => readAll(Buffer.from(bytes), 'film.mp4', hole),
)

const fragments = ['subtitled-fragments.mp4', 'subtitled-dash.mp4', 'subtitled-markup.mp4'].map(
  fixture,
)

fuzz(
  'any bytes are looked through as an MP4 film in fragments, holes and all',
  fc.tuple(mutated(fragments), fc.nat(4_000)),
  ([bytes, hole]) => readAll(Buffer.from(bytes), 'film.mp4', hole),
)

fuzz(
  'frames of any block are cut out of it or there are none',
  fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.nat(255)),
  ([bytes, flags]) => {
    const frames = framesOf(Buffer.from(bytes), flags)
    expect(frames.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(bytes.length)
  },
)

fuzz(
  'any name says something or nothing',
  fc.oneof(fc.string(), mutatedText(['Film.pt-BR.forced.srt'])),
  (name) => {
    parseTraits(name)
    const language = parseLanguage(name)
    if (language !== null) expect(Intl.getCanonicalLocales(language)).toEqual([language])
  },
)

fuzz(
  'any path names subtitles or does not',
  mutatedText(['/torrents/1/subtitles/2-3/en.srt?x']),
  (path) => {
    const target = parseSubtitleTarget(path)
    if (target !== null) expect(target.reference.fileIndex).toBeGreaterThanOrEqual(0)
  },
)
