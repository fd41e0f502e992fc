import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { coverBytes } from '../../../src/media/probe/cover-bytes.ts'
import { MediaProbe, type ProbeSource } from '../../../src/media/probe/media-probe.ts'
import { CountedSource, clip, fixture } from './fixture-source.ts'

const probe = new MediaProbe()
afterAll(() => probe.close())

/** A probe of this test's own. */
function ownProbe(options: { hangMs?: number } = {}): MediaProbe {
  const own = new MediaProbe(options)
  onTestFinished(() => own.close())
  return own
}

const avc = (profile: string) => ({ codec: 'AVC', profile, level: '1.1', bitDepth: 8 })

describe('the facts of a file', () => {
  it.each([
    ['index-last.mp4', 'mp4', 2_000, avc('Main'), 'AAC'],
    ['index-first.mp4', 'mp4', 2_000, avc('High'), 'AAC'],
    ['fragments.mp4', 'mp4', 2_080, avc('High'), 'AAC'],
    ['tracks.mkv', 'matroska', 2_021, avc('High'), 'AAC'],
    ['hevc.mkv', 'matroska', 2_016, { codec: 'HEVC', profile: 'Main 10', bitDepth: 10 }, 'E-AC-3'],
    ['vp9.webm', 'webm', 2_008, { codec: 'VP9' }, 'Opus'],
    ['packets-188.m2t', 'mpeg-ts', 2_095, avc('Main'), 'AC-3'],
    ['packets-192.m2ts', 'm2ts', 2_140, avc('High'), 'AC-3'],
    ['program.mpg', 'mpeg-ps', 2_016, { codec: 'MPEG Video', profile: 'Main' }, 'MPEG Audio'],
    ['xvid.avi', 'avi', 2_040, { codec: 'MPEG-4 Visual' }, 'MPEG Audio'],
    ['windows.wmv', 'asf', 2_043, { codec: 'WMV2' }, 'WMA'],
    ['flash.flv', 'flv', 2_037, { codec: 'Sorenson Spark' }, 'MPEG Audio'],
  ])('are known of %s', async (name, container, durationMs, video, sound) => {
    const facts = await probe.probe(new CountedSource(fixture(name)))
    expect(facts).toMatchObject({
      ...{ kind: 'video', container, durationMs },
      video: { ...video, width: 160, height: 90 },
      audio: [{ codec: sound, channels: 1 }, ...(name === 'tracks.mkv' ? [{}] : [])],
    })
  })

  it.each([
    ['cover.mp3', 'mp3', 2_040, { codec: 'MPEG Audio', profile: 'Layer 3', sampleRate: 48_000 }],
    ['cover.flac', 'flac', 500, { codec: 'FLAC', bitDepth: 16 }],
    ['cover.m4a', 'mp4', 2_000, { codec: 'AAC', profile: 'LC' }],
    ['vorbis.ogg', 'ogg', 2_000, { codec: 'Vorbis' }],
    ['opus.opus', 'ogg', 2_007, { codec: 'Opus' }],
    ['sine.wav', 'wav', 1_000, { codec: 'PCM', bitDepth: 16, sampleRate: 8_000 }],
    ['sound.wma', 'asf', 2_006, { codec: 'WMA' }],
    // Its frames would have to be counted.
    ['frames.aac', 'adts', null, { codec: 'AAC', profile: 'LC' }],
  ])('are known of %s', async (name, container, durationMs, track) => {
    const facts = await probe.probe(new CountedSource(fixture(name)))
    expect(facts).toMatchObject({
      ...{ kind: 'audio', container, durationMs },
      audio: [{ ...track, channels: 1 }],
    })
  })

  it.each([
    ['picture.jpg', 'JPEG', 320, 240],
    ['picture.png', 'PNG', 160, 120],
    ['picture.gif', 'GIF', 160, 120],
    ['picture.webp', 'VP8', 160, 120],
  ])('are known of %s', async (name, codec, width, height) => {
    const facts = await probe.probe(new CountedSource(fixture(name)))
    expect(facts).toMatchObject({ kind: 'image', codec, width, height })
  })

  it('name every track', async () => {
    const facts = await probe.probe(new CountedSource(fixture('tracks.mkv')))
    expect(facts).toMatchObject({
      title: 'Embedded title',
      audio: [
        { channels: 1, language: 'en', title: null },
        { channels: 2, language: 'de', title: 'Kommentar' },
      ],
      subtitles: [
        { codec: 'UTF-8', form: 'text', language: 'fr', title: 'Forced', isForced: true },
      ],
    })
    const timed = await probe.probe(new CountedSource(fixture('index-first.mp4')))
    expect(timed).toMatchObject({
      title: 'Title',
      subtitles: [{ number: 3, language: 'es', form: 'text' }],
    })
  })

  it.each([
    ['cover.mp3', 'Song'],
    ['cover.flac', 'Song'],
    ['cover.m4a', 'Song'],
    ['cover.mkv', null],
    ['cover.opus', 'Song'],
    ['cover.ogg', 'Song'],
  ])('say where the cover of %s lies', async (name, title) => {
    const bytes = fixture(name)
    const facts = await probe.probe(new CountedSource(bytes))
    const where = facts?.cover ?? { offset: 0, length: 0, mimeType: '' }
    const { offset, length, mimeType } = where
    expect(mimeType).toBe('image/jpeg')
    // A JPEG begins with FFD8 and ends with FFD9.
    const image = coverBytes(where, bytes.subarray(offset, offset + length))
    const cover = Buffer.from(image ?? [])
    const ends = [cover.readUInt16BE(0), cover.readUInt16BE(cover.length - 2)]
    expect(ends).toEqual([0xffd8, 0xffd9])
    expect(facts?.title).toBe(title)
  })

  const PIECE = { artist: 'Performer', album: 'Record', genre: 'Jazz', track: 3 }
  it.each([
    ['tagged.mp3', { ...PIECE, albumArtist: 'Band', disc: 2 }],
    ['tagged.flac', { ...PIECE, albumArtist: 'Band', disc: 2 }],
    ['tagged.m4a', { ...PIECE, albumArtist: 'Band', disc: 2 }],
    ['tagged.ogg', { ...PIECE, albumArtist: 'Band', disc: 2 }],
    ['tagged.wma', { ...PIECE, albumArtist: 'Band', disc: 2 }],
    // What RIFF has words for.
    ['tagged.wav', PIECE],
    ['sine.wav', {}],
  ])('say what the tags of %s say', async (name, tags) => {
    const facts = await probe.probe(new CountedSource(fixture(name)))
    expect(facts).toMatchObject({ kind: 'audio', title: name === 'sine.wav' ? null : 'Song' })
    expect(facts).toHaveProperty('tags', tags)
  })

  it('say what tags say that lie in front of a cover of some MB', async () => {
    const source = new CountedSource(withLargeCover(fixture('tagged.mp3'), 3_000_000))
    const facts = await probe.probe(source)
    expect(facts).toMatchObject({ title: 'Song', tags: { ...PIECE, albumArtist: 'Band', disc: 2 } })
    expect(facts?.cover?.length).toBeGreaterThan(2_999_000)
    expect(source.readBytes).toBeLessThan(300_000)
  })

  it('say what tags of FLAC say that stand behind a large cover', async () => {
    const flac = fixture('tagged.flac')
    const size = 1_000_000
    const head = Buffer.from('\x06\0\0\0\0\0\0\x03\0\0\0\x0aimage/jpeg', 'latin1')
    const sizes = Buffer.alloc(24)
    sizes.writeUInt32BE(size, 20)
    const picture = Buffer.concat([head, sizes, Buffer.alloc(size)])
    picture.writeUIntBE(picture.length - 4, 1, 3)
    // Behind the first block, STREAMINFO, of 34 bytes.
    const bytes = Buffer.concat([flac.subarray(0, 42), picture, flac.subarray(42)])
    const source = new CountedSource(bytes)
    const facts = await probe.probe(source)
    expect(facts).toMatchObject({ title: 'Song', cover: { length: size } })
    expect(facts).toHaveProperty('tags', { ...PIECE, albumArtist: 'Band', disc: 2 })
    expect(source.readBytes).toBeLessThan(300_000)
  })

  it.each(['picture.jpg', 'picture.png'])('say whether %s is cut off', async (name) => {
    const bytes = fixture(name)
    const broken = async (image: Buffer) =>
      Object(await probe.probe(new CountedSource(image))).isBroken
    expect(await broken(bytes)).toBeUndefined()
    expect(await broken(bytes.subarray(0, bytes.length - 400))).toBe(true)
    // A telephone keeps more behind it.
    expect(await broken(Buffer.concat([bytes, Buffer.alloc(20_000)]))).toBeUndefined()
  })

  it('do not come from the name: what is no medium has none', async () => {
    expect(await probe.probe(new CountedSource(Buffer.alloc(100_000)))).toBeNull()
    expect(await probe.probe(new CountedSource(Buffer.from('#!/bin/sh\nexit 0\n')))).toBeNull()
    expect(await probe.probe(new CountedSource(Buffer.alloc(0)))).toBeNull()
  })
})

describe('what is read', () => {
  it.each([
    ['Delta/Delta.mkv', 131_072 + 200],
    // The index, which is 19,790 bytes, and 192 KiB of frames at most.
    ['River.mp4', 65_536 + 19_790 + 196_608 + 1_000],
    ['Spring.mp3', 90_000],
  ])('is little of %s', async (path, most) => {
    const source = new CountedSource(clip(path))
    const facts = await probe.probe(source)
    expect(facts).toMatchObject({ durationMs: expect.closeTo(24_000, -2) })
    expect(source.readBytes).toBeLessThanOrEqual(most)
  })

  it('is 131 kB of a Matroska file of 4 GB', async () => {
    const source = new CountedSource(clip('Delta/Delta.mkv'), 4_000_000_000)
    expect(await probe.probe(source)).toMatchObject({ durationMs: 24_021 })
    expect(source.readBytes).toBeLessThan(131_072 + 200)
  })

  it('is 1 MiB of head and of tail of a transport stream', async () => {
    const one = fixture('packets-188.m2t')
    const film = Buffer.concat(Array<Buffer>(100).fill(one))
    const source = new CountedSource(film)
    expect(await probe.probe(source)).toMatchObject({ container: 'mpeg-ts' })
    expect(source.readBytes).toBe(2 * 1_048_576)
  })

  it('jumps over a tag with a large cover', async () => {
    const tag = Buffer.from('ID3\x03\0\0\0\0\0\0', 'latin1')
    const cover = Buffer.alloc(5_000_000, 1)
    const frame = Buffer.from('APIC\0\0\0\0\0\0\0image/jpeg\0\x03\0', 'latin1')
    frame.writeUInt32BE(cover.length + frame.length - 10, 4)
    const size = frame.length + cover.length
    for (const [at, shift] of [21, 14, 7, 0].entries()) tag[6 + at] = (size >> shift) & 0x7f
    const source = new CountedSource(Buffer.concat([tag, frame, cover, clip('Spring.mp3')]))
    const facts = await probe.probe(source)
    expect(facts).toMatchObject({
      durationMs: expect.closeTo(24_032, -2),
      cover: { offset: 10 + frame.length, length: cover.length, mimeType: 'image/jpeg' },
    })
    expect(source.readBytes).toBeLessThan(250_000)
  })

  it('is no more than is allowed, and then a duration is not made up', async () => {
    const film = Buffer.concat(Array<Buffer>(100).fill(fixture('packets-188.m2t')))
    const source = new CountedSource(film)
    const facts = await probe.probe(source, { maxBytes: 500_000 })
    expect(source.readBytes).toBeLessThanOrEqual(500_000)
    expect(facts).toMatchObject({ kind: 'video', durationMs: null, bitRate: null })
  })
})

describe('the worker', () => {
  it('serves one file after another, in order', async () => {
    const own = ownProbe()
    const names = ['tracks.mkv', 'cover.mp3', 'picture.png', 'sine.wav']
    const found = await Promise.all(
      names.map((name) => own.probe(new CountedSource(fixture(name)))),
    )
    expect(found.map((facts) => facts?.container)).toEqual(['matroska', 'mp3', 'png', 'wav'])
  })

  it('is ended when it says nothing for too long, and begins anew for the next file', async () => {
    const own = ownProbe({ hangMs: 500 })
    // 1,134 bytes that MediaInfoLib 26.05 chews on for seconds.
    const slow = own.probe(new CountedSource(fixture('slow.flv')))
    await expect(slow).rejects.toMatchObject({ kind: 'hang' })
    expect(await own.probe(new CountedSource(fixture('sine.wav')))).toMatchObject({ kind: 'audio' })
  })

  it('gives up a file whose bytes do not come when nobody waits any more', async () => {
    const own = ownProbe()
    const abort = new AbortController()
    const stalled: ProbeSource = {
      length: 1_000_000,
      read: () => {
        abort.abort(new Error('nobody wants it'))
        return new Promise(() => {})
      },
    }
    await expect(own.probe(stalled, { signal: abort.signal })).rejects.toThrow('nobody wants it')
    expect(await own.probe(new CountedSource(fixture('sine.wav')))).toMatchObject({ kind: 'audio' })
  })

  it('passes on why a file cannot be read, and goes on with the next', async () => {
    const own = ownProbe()
    const broken: ProbeSource = {
      length: 10,
      read: () => Promise.reject(new Error('disk is gone')),
    }
    await expect(own.probe(broken)).rejects.toThrow('disk is gone')
    expect(await own.probe(new CountedSource(fixture('sine.wav')))).toMatchObject({ kind: 'audio' })
  })

  it('turns away who comes when too many wait', async () => {
    const own = ownProbe()
    const stalled: ProbeSource = { length: 10, read: () => new Promise(() => {}) }
    const waiting = Promise.allSettled(Array.from({ length: 17 }, () => own.probe(stalled)))
    await expect(own.probe(stalled)).rejects.toMatchObject({ kind: 'busy' })
    await own.close()
    expect((await waiting).every(({ status }) => status === 'rejected')).toBe(true)
    await expect(own.probe(stalled)).rejects.toMatchObject({ kind: 'closed' })
  })
})

/** An MP3 file with one more frame at the end of its ID3v2.4 tag: a picture of so many bytes. */
function withLargeCover(mp3: Buffer, bytes: number): Buffer {
  const SIZE_AT = 6
  const read = (at: number): number =>
    [0, 1, 2, 3].reduce((sum, index) => sum * 128 + mp3.readUInt8(at + index), 0)
  const synchsafe = (value: number): number[] =>
    [21, 14, 7, 0].map((shift) => (value >>> shift) & 0x7f)
  const picture = Buffer.concat([
    Buffer.from('\0image/jpeg\0\x03\0', 'latin1'),
    Buffer.alloc(bytes),
  ])
  const head = Buffer.from([...Buffer.from('APIC'), ...synchsafe(picture.length), 0, 0])
  const tagEnd = 10 + read(SIZE_AT)
  // Whatever padding there is ends the frames.
  let end = 10
  while (end < tagEnd && mp3[end] !== 0) end += 10 + read(end + 4)
  const frames = Buffer.concat([mp3.subarray(10, end), head, picture])
  const header = Buffer.concat([mp3.subarray(0, SIZE_AT), Buffer.from(synchsafe(frames.length))])
  return Buffer.concat([header, frames, mp3.subarray(tagEnd)])
}
