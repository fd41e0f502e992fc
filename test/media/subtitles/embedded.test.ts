import { describe, expect, it, test } from 'vitest'
import { openFilm } from '../../../src/media/subtitles/embedded/open-film.ts'
import type { SubtitledFilm } from '../../../src/media/subtitles/embedded/text-track.ts'
import { MemoryBytes } from '../../helpers/byte-source.ts'
import { type MadeFilm, type MadeTrack, makeMatroska } from '../../helpers/make-matroska.ts'
import { box, makeTimedText } from '../../helpers/make-timed-text.ts'
import { fixture } from '../probe/fixture-source.ts'

const SRT: MadeTrack = { number: 2, codec: 'S_TEXT/UTF8', language: 'ger' }

function cuesOf(
  track: number,
  text = (index: number): string => `The line ${index}`,
): MadeFilm['cues'] {
  return Array.from({ length: 20 }, (_, index) => ({
    track,
    start: index * 3_000 + 500,
    duration: 1_000,
    text: text(index),
  }))
}

async function open(source: MemoryBytes, name: string): Promise<SubtitledFilm> {
  const film = await openFilm(source, name)
  if (film === null) throw new Error('this film can be opened')
  return film
}

const LINES = Array.from({ length: 20 }, (_, index) => `The line ${index}`)

describe('Matroska', () => {
  test.each<[string, Partial<MadeFilm>]>([
    ['whose index names each block', {}],
    ['whose index names clusters', { index: 'clusters' }],
    ['without an index', { index: 'none' }],
    ['of clusters of unknown size', { index: 'none', unknownSizes: true }],
    ['with large pictures between', { index: 'none', filler: 20_000 }],
    ['packed with zlib', { tracks: [{ ...SRT, packing: 'zlib' }] }],
    ['with the beginning of each block left out', { tracks: [{ ...SRT, packing: 'stripped' }] }],
    ['packed, without an index', { tracks: [{ ...SRT, packing: 'stripped' }], index: 'none' }],
  ])('film %s gives all its cues', async (_, options) => {
    const bytes = makeMatroska({ tracks: [SRT], cues: cuesOf(2), ...options })
    const film = await open(new MemoryBytes(bytes), 'film.mkv')
    expect(film.tracks).toMatchObject([{ number: 2, kind: 'text', language: 'de' }])
    const { cues, isComplete } = await film.text(2)
    expect(isComplete).toBe(true)
    expect(cues.map(({ text }) => text)).toEqual(LINES)
    expect(cues[1]).toEqual({ startMs: 3_500, endMs: 4_500, text: 'The line 1' })
  })

  test.each([
    ['S_TEXT/ASS', '7,0,Default,,0,0,0,,{\\i1}Yes, well{\\i0}\\Nno', '<i>Yes, well</i>\nno'],
    ['S_TEXT/WEBVTT', '<v Anna>Yes &amp; no</v>', 'Yes & no'],
    ['D_WEBVTT/SUBTITLES', 'id\nline:0\nYes', 'Yes'],
  ])('text of %s is read', async (codec, data, text) => {
    const cues = [{ track: 3, start: 1_000, duration: 500, text: data }]
    const bytes = makeMatroska({ tracks: [SRT, { number: 3, codec, name: 'English SDH' }], cues })
    const film = await open(new MemoryBytes(bytes), 'film.mkv')
    expect(film.tracks[1]).toMatchObject({ codec, language: 'en', hearingImpaired: true })
    expect((await film.text(3)).cues).toEqual([{ startMs: 1_000, endMs: 1_500, text }])
  })

  test.each(['S_HDMV/PGS', 'S_VOBSUB', 'S_DVBSUB'])(
    'tracks of %s are named, not read',
    async (codec) => {
      const bytes = makeMatroska({ tracks: [{ number: 2, codec }], cues: cuesOf(2) })
      const film = await open(new MemoryBytes(bytes), 'film.mkv')
      expect(film.tracks).toMatchObject([{ number: 2, kind: 'bitmap', codec }])
      expect(await film.text(2)).toEqual({ cues: [], isComplete: true })
    },
  )

  it('reads little where the index names each block', async () => {
    const bytes = makeMatroska({ tracks: [SRT], cues: cuesOf(2), filler: 500_000 })
    const source = new MemoryBytes(bytes)
    await (await open(source, 'film.mkv')).text(2)
    expect(bytes.length).toBeGreaterThan(10_000_000)
    expect(source.readBytes).toBeLessThan(300_000)
  })

  test.each(['blocks', 'clusters'] as const)(
    'gives what is there of a film that is arriving, by its index of %s',
    async (index) => {
      const bytes = makeMatroska({ tracks: [SRT], cues: cuesOf(2), filler: 5_000, index })
      const hole = { from: bytes.length * 0.3, to: bytes.length * 0.6 }
      const isThere = (position: number, need: string): boolean =>
        need === 'index' || position < hole.from || position > hole.to
      const film = await open(new MemoryBytes(bytes, isThere), 'film.mkv')
      const { cues, isComplete } = await film.text(2)
      expect(isComplete).toBe(false)
      expect(cues.length).toBeGreaterThan(8)
      expect(cues.length).toBeLessThan(20)
      expect(cues[0]?.text).toBe('The line 0')
      expect(cues.at(-1)?.text).toBe('The line 19')
    },
  )

  it('gives what comes before the first hole of a film without an index', async () => {
    const bytes = makeMatroska({ tracks: [SRT], cues: cuesOf(2), index: 'none' })
    const source = new MemoryBytes(bytes, (position) => position < bytes.length / 2)
    const { cues, isComplete } = await (await open(source, 'film.mkv')).text(2)
    expect(isComplete).toBe(false)
    expect(cues.map(({ text }) => text)).toEqual(LINES.slice(0, cues.length))
    expect(cues.length).toBeGreaterThan(5)
  })

  it('walks through a film whose index is wrong', async () => {
    const bytes = makeMatroska({ tracks: [SRT], cues: cuesOf(2) })
    // Every relative position of the index.
    for (let at = bytes.indexOf('f00100000000000008', 'hex'); at !== -1; ) {
      bytes.writeUInt8(7, at + 16)
      at = bytes.indexOf('f00100000000000008', at + 1, 'hex')
    }
    const { cues } = await (await open(new MemoryBytes(bytes), 'film.mkv')).text(2)
    expect(cues.map(({ text }) => text)).toEqual(LINES)
  })

  it('is not what other bytes are', async () => {
    expect(await openFilm(new MemoryBytes(Buffer.alloc(4_000)), 'film.mkv')).toBeNull()
    expect(await openFilm(new MemoryBytes(Buffer.alloc(0)), 'film.mkv')).toBeNull()
    expect(await openFilm(new MemoryBytes(Buffer.alloc(4_000)), 'film.avi')).toBeNull()
  })
})

it.each([
  ['film.mkv', makeMatroska({ tracks: [SRT], cues: cuesOf(2) })],
  ['film.mp4', makeTimedText({ samples: [{ text: 'One', duration: 1_000 }] })],
])('%s is not known as long as its index has not arrived', async (name, bytes) => {
  const head = new MemoryBytes(bytes, (position) => position < 60)
  expect(await openFilm(head, name)).toBeNull()
  expect((await openFilm(new MemoryBytes(bytes), name))?.tracks).toHaveLength(1)
})

it.each(['blocks', 'none'] as const)(
  'frames laced in one block share its time (index: %s)',
  async (index) => {
    const cue = { track: 2, start: 1_000, duration: 3_000, text: 'One', laced: ['Two', 'Three'] }
    const bytes = makeMatroska({ tracks: [SRT], cues: [cue], index })
    const { cues } = await (await open(new MemoryBytes(bytes), 'film.mkv')).text(2)
    expect(cues).toEqual([
      { startMs: 1_000, endMs: 2_000, text: 'One' },
      { startMs: 2_000, endMs: 3_000, text: 'Two' },
      { startMs: 3_000, endMs: 4_000, text: 'Three' },
    ])
  },
)

describe('MP4', () => {
  const SAMPLES = [
    { text: '', duration: 1_000 },
    { text: 'Grüße', duration: 1_500 },
    { text: 'Two\nlines', duration: 500 },
  ]

  it('film gives the cues of its timed text', async () => {
    const source = new MemoryBytes(makeTimedText({ samples: SAMPLES }))
    const film = await open(source, 'film.mp4')
    expect(film.tracks).toMatchObject([{ number: 1, kind: 'text', codec: 'tx3g', language: 'de' }])
    expect(await film.text(1)).toEqual({
      isComplete: true,
      cues: [
        { startMs: 1_000, endMs: 2_500, text: 'Grüße' },
        { startMs: 2_500, endMs: 3_000, text: 'Two\nlines' },
      ],
    })
  })

  it('film that is arriving gives what is there', async () => {
    const bytes = makeTimedText({ samples: SAMPLES })
    const isThere = (position: number, need: string): boolean =>
      need === 'index' || position < bytes.indexOf('Two')
    const film = await open(new MemoryBytes(bytes, isThere), 'film.mp4')
    expect(await film.text(1)).toMatchObject({ isComplete: false, cues: [{ text: 'Grüße' }] })
  })

  it('tracks of pictures are named, not read', async () => {
    const source = new MemoryBytes(makeTimedText({ samples: SAMPLES, codec: 'mp4s' }))
    expect((await open(source, 'film.mp4')).tracks).toMatchObject([
      { kind: 'bitmap', codec: 'mp4s' },
    ])
  })

  it('film that claims more samples than there are has no tracks', async () => {
    for (const claimedSamples of [4, 0xffffffff]) {
      const source = new MemoryBytes(makeTimedText({ samples: SAMPLES, claimedSamples }))
      expect((await open(source, 'film.mp4')).tracks).toEqual([])
    }
  })

  it('film gives the cues of its WebVTT', async () => {
    const cue = (text: string): Buffer =>
      box('vttc', box('iden', Buffer.from('1')), box('payl', Buffer.from(text)))
    const pack = (text: string): Buffer =>
      text === '' ? box('vtte') : Buffer.concat(text.split('|').map(cue))
    const entry = box('vttC', Buffer.from('WEBVTT'))
    const samples = [
      ...SAMPLES.slice(0, 1),
      { text: '<v Anna>Yes &amp; no|Above', duration: 1_500 },
    ]
    const source = new MemoryBytes(makeTimedText({ samples, codec: 'wvtt', entry, pack }))
    const film = await open(source, 'film.mp4')
    expect(film.tracks).toMatchObject([{ number: 1, kind: 'text', codec: 'wvtt' }])
    expect((await film.text(1)).cues).toEqual([
      { startMs: 1_000, endMs: 2_500, text: 'Yes & no' },
      { startMs: 1_000, endMs: 2_500, text: 'Above' },
    ])
  })

  const FFMPEG_CUES = ['First words', 'Second & two\nlines', 'Third']

  it.each([
    ['subtitled-fragments.mp4', 'tx3g', 4_000],
    ['subtitled-dash.mp4', 'tx3g', 4_000],
    ['subtitled-markup.mp4', 'stpp', 2_500],
  ])('%s, as ffmpeg writes it, gives its cues', async (name, codec, endMs) => {
    const film = await open(new MemoryBytes(fixture(name)), name)
    const [track] = film.tracks
    expect(track).toMatchObject({ kind: 'text', codec })
    const { cues, isComplete } = await film.text(track?.number ?? 0)
    expect(isComplete).toBe(true)
    expect(cues.map(({ text }) => text)).toEqual(FFMPEG_CUES)
    // Timed text of ffmpeg lasts as long as its sample.
    expect(cues[0]).toMatchObject({ startMs: 1_000, endMs })
  })

  it('film in fragments that is arriving gives those that are there', async () => {
    const bytes = fixture('subtitled-fragments.mp4')
    const second = bytes.indexOf('moof', bytes.indexOf('Second'))
    const hole = bytes.lastIndexOf('moof', bytes.indexOf('Second')) - 4
    const isThere = (position: number, need: string): boolean =>
      need === 'index' || position < hole || position >= second - 4
    const film = await open(new MemoryBytes(bytes, isThere), 'film.mp4')
    const { cues, isComplete } = await film.text(film.tracks[0]?.number ?? 0)
    expect(isComplete).toBe(false)
    expect(cues.map(({ text }) => text)).toEqual(['First words', 'Third'])
  })
})
