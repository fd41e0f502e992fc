import { describe, expect, it, test } from 'vitest'
import { SubtitleCatalog } from '../../src/library/subtitles/subtitle-catalog.ts'
import { silentLogger } from '../../src/log.ts'
import { shortStreamPath } from '../../src/media/stream-path.ts'
import { inTurns } from '../../src/media/subtitles/steps.ts'
import { parseSubtitleTarget, subtitlePath } from '../../src/media/subtitles/subtitle-path.ts'
import { TorrentError } from '../../src/torrents/torrent-error.ts'
import { Renderers } from '../../src/upnp/renderers/renderers.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { type FakeFile, FakeSession, FakeTorrent } from '../helpers/fake-session.ts'
import { type RawAnswer, send, startHttpServer } from '../helpers/http-client.ts'
import { makeMatroska } from '../helpers/make-matroska.ts'

const SRT = '1\n00:00:01,000 --> 00:00:02,000\nПривет\n'
const OUTPUT = '1\r\n00:00:01,000 --> 00:00:02,000\r\nПривет\r\n\r\n'
const FILM = makeMatroska({
  tracks: [
    { number: 2, codec: 'S_TEXT/UTF8', language: 'ger' },
    { number: 3, codec: 'S_HDMV/PGS', language: 'eng' },
  ],
  cues: [{ track: 2, start: 1_000, duration: 1_000, text: 'Hallo' }],
})

/** Files of a torrent with their bytes; those given as a length hold anything. */
type Contents = Readonly<Record<string, string | Buffer | number>>

class ContentTorrent extends FakeTorrent {
  readonly contents: readonly (Buffer | null)[]

  constructor(contents: Contents) {
    const bytes = Object.values(contents).map((content) =>
      typeof content === 'number' ? null : Buffer.from(content),
    )
    const files: FakeFile[] = Object.entries(contents).map(([path, content], index) => ({
      path,
      length: typeof content === 'number' ? content : (bytes[index]?.length ?? 0),
    }))
    super(0, 'x', files)
    this.contents = bytes
  }

  override stream(fileIndex: number, options: { start?: number } = {}) {
    const stream = super.stream(fileIndex, options)
    const content = this.contents[fileIndex]
    if (content === null || content === undefined) return stream
    stream.readNow = async (buffer) => {
      const end = Math.min(stream.position + buffer.length, content.length, this.limit)
      const bytes = content.subarray(stream.position, end)
      buffer.set(bytes)
      const isMissing = bytes.length === 0 && stream.position < content.length
      stream.position += bytes.length
      return isMissing ? null : bytes.length
    }
    return stream
  }
}

async function serve(
  contents: Contents,
  languages: readonly string[] = [],
  renderers = new Renderers({ clock: new FakeClock(), log: silentLogger() }),
) {
  const torrent = new ContentTorrent(contents)
  const port = await startHttpServer({
    renderers,
    session: new FakeSession(torrent),
    subtitles: new SubtitleCatalog(languages),
  })
  const ask = (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<RawAnswer> => send(port, method, path, headers)
  return { torrent, port, ask }
}

describe('the path of subtitles', () => {
  test.each([
    ['/torrents/1/subtitles/2/en.srt', { kind: 'sidecar', fileIndex: 2 }, 'srt'],
    ['/torrents/1/subtitles/2-14/x.VTT?y', { kind: 'track', fileIndex: 2, track: 14 }, 'vtt'],
    ['http://h/torrents/1/subtitles/2/en.srt', { kind: 'sidecar', fileIndex: 2 }, 'srt'],
  ])('%s is read', (path, reference, format) => {
    expect(parseSubtitleTarget(path)).toEqual({ torrent: '1', reference, format })
  })

  test.each([
    '/torrents/1/subtitles/2',
    '/torrents/1/subtitles/x/a.srt',
    '/torrents/1/subtitles/2/a.mkv',
    '*',
  ])('%s is none', (path) => expect(parseSubtitleTarget(path)).toBeNull())

  it('is short and read back', () => {
    const reference = { kind: 'track', fileIndex: 123_456, track: 99 } as const
    const path = subtitlePath('a'.repeat(40), reference, { language: 'zh-Hant' })
    expect(`http://255.255.255.255:65535${path}`.length).toBeLessThanOrEqual(120)
    expect(parseSubtitleTarget(path)?.reference).toEqual(reference)
  })
})

describe('a file of subtitles', () => {
  it('is SubRip in UTF-8, of known length, with a tag', async () => {
    const bytes = Buffer.from(
      SRT.replace('Привет', '\xcf\xf0\xe8\xe2\xe5\xf2, \xea\xe0\xea \xe4\xe5\xeb\xe0'),
      'latin1',
    )
    const { ask } = await serve({ 'Film.mkv': 10, 'Film.ru.srt': bytes })
    const answer = await ask('GET', '/torrents/0/subtitles/1/ru.srt')
    expect(answer.status).toBe(200)
    expect(answer.body.toString()).toBe(OUTPUT.replace('Привет', 'Привет, как дела'))
    expect(answer.headers).toMatchObject({
      'content-type': 'text/srt',
      'content-length': String(answer.body.length),
      etag: `"${'0'.padStart(40, 'a')}-1-srt"`,
      'transfermode.dlna.org': 'Interactive',
      // The fourth field of their res.
      'contentfeatures.dlna.org': '*',
    })
    const head = await ask('HEAD', '/torrents/0/subtitles/1/ru.srt')
    expect(head.body.length).toBe(0)
    expect({ ...head.headers, date: '' }).toEqual({ ...answer.headers, date: '' })
  })

  it('is WebVTT where that is asked for', async () => {
    const { ask } = await serve({ 'Film.mkv': 10, 'Film.srt': SRT })
    const answer = await ask('GET', '/torrents/0/subtitles/1/x.vtt')
    expect(answer.headers['content-type']).toBe('text/vtt')
    expect(answer.body.toString()).toBe('WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nПривет\n\n')
  })

  it('answers ranges, and tags that are known', async () => {
    const { ask } = await serve({ 'Film.mkv': 10, 'Film.srt': SRT })
    const path = '/torrents/0/subtitles/1/x.srt'
    const part = await ask('GET', path, { Range: 'bytes=3-' })
    expect(part.status).toBe(206)
    expect(part.body.toString()).toBe(OUTPUT.slice(3))
    expect((await ask('GET', path, { Range: 'bytes=5000-' })).status).toBe(416)
    const { etag = '' } = part.headers
    expect((await ask('GET', path, { 'If-None-Match': etag })).status).toBe(304)
    expect((await ask('POST', path)).status).toBe(405)
  })

  test.each([
    ['/torrents/7/subtitles/1/x.srt', 404],
    ['/torrents/x/subtitles/1/x.srt', 400],
    ['/torrents/0/subtitles/9/x.srt', 404],
    ['/torrents/0/subtitles/0/x.srt', 404],
    ['/torrents/0/subtitles/2/x.srt', 404],
    ['/torrents/0/subtitles/0-2/x.srt', 404],
    ['/torrents/0/subtitles/3/x.srt', 404],
  ])('at %s is answered with %d', async (path, status) => {
    const contents = {
      'Film.avi': 10_000,
      'Film.srt': SRT,
      'Film.sub': Buffer.from('000001ba44', 'hex'),
      'huge.srt': 1e9,
    }
    const { ask } = await serve(contents)
    expect((await ask('GET', path)).status).toBe(status)
  })

  it('is not answered before the torrent can be read', async () => {
    const { torrent, ask } = await serve({ 'Film.mkv': 10, 'Film.srt': SRT })
    torrent.unavailable = true
    expect((await ask('GET', '/torrents/0/subtitles/1/x.srt')).status).toBe(503)
    torrent.state = { kind: 'resolving' }
    expect((await ask('GET', '/torrents/0/subtitles/1/x.srt')).status).toBe(409)
  })

  it('waits until it has arrived', async () => {
    const { torrent, ask } = await serve({ 'Film.mkv': 10, 'Film.srt': SRT })
    torrent.limit = 20
    const answer = ask('GET', '/torrents/0/subtitles/1/x.srt')
    while (torrent.streams.length < 2) await new Promise(setImmediate)
    torrent.limit = Number.POSITIVE_INFINITY
    for (const stream of torrent.streams) stream.fill(torrent.limit)
    expect((await answer).body.toString()).toBe(OUTPUT)
    expect(torrent.streams.every(({ closed }) => closed)).toBe(true)
  })

  it('is read once for all who ask', async () => {
    const { torrent, ask } = await serve({ 'Film.mkv': 10, 'Film.srt': SRT })
    const path = '/torrents/0/subtitles/1/x.srt'
    await Promise.all([ask('GET', path), ask('GET', path), ask('HEAD', path)])
    await ask('GET', path)
    expect(torrent.streams).toHaveLength(1)
  })
})

describe('a track inside of a film', () => {
  it('is given out', async () => {
    const { ask } = await serve({ 'Film.mkv': FILM })
    const answer = await ask('GET', '/torrents/0/subtitles/0-2/de.srt')
    expect(answer.status).toBe(200)
    expect(answer.body.toString()).toBe('1\r\n00:00:01,000 --> 00:00:02,000\r\nHallo\r\n\r\n')
  })

  it.each([3, 1, 77])('is not, where it is pictures, no subtitles, or none: %d', async (track) => {
    const { ask } = await serve({ 'Film.mkv': FILM })
    expect((await ask('GET', `/torrents/0/subtitles/0-${track}/de.srt`)).status).toBe(404)
  })
})

describe('a stream whose name has the extension of another file', () => {
  const CONTENTS = {
    'a/Film.mkv': 5_000,
    'a/Film.srt': SRT,
    'a/Film.sub': '{24}{48}frames\n',
    'a/Film.jpg': 100,
  }

  test.each([
    ['/torrents/0/stream/0/a/Film.srt', 'text/srt', OUTPUT],
    ['/torrents/0/stream/0/film.SRT', 'text/srt', OUTPUT],
    [
      '/torrents/0/stream/0/x.vtt',
      'text/vtt',
      'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nПривет\n\n',
    ],
    ['/torrents/0/stream/0/a/Film.sub', 'text/x-microdvd', '{24}{48}frames\n'],
  ])('%s is that file', async (path, type, body) => {
    const { ask } = await serve(CONTENTS)
    const answer = await ask('GET', path)
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe(type)
    expect(answer.body.toString()).toBe(body)
    expect((await ask('HEAD', path)).headers['content-length']).toBe(String(answer.body.length))
  })

  test.each(['x.smi', 'x.idx', 'x.jpg', 'x.nfo', 'a/Film.ass'])('%s is nothing', async (name) => {
    const { ask } = await serve(CONTENTS)
    expect((await ask('GET', `/torrents/0/stream/0/${name}`)).status).toBe(404)
    expect((await ask('HEAD', `/torrents/0/stream/0/${name}`)).status).toBe(404)
  })

  test.each(['', '/x.MKV', '/x.mp4', '/film', '/Vol.2', '/x.mkv?a=.srt', '/a.srt/film.mkv'])(
    '%j is the film',
    async (name) => {
      const { ask } = await serve(CONTENTS)
      const answer = await ask('GET', `/torrents/0/stream/0${name}`)
      expect(answer.body.length).toBe(5_000)
    },
  )

  test.each([
    ['.srt', OUTPUT],
    ['.SRT?x', OUTPUT],
    ['.sub', '{24}{48}frames\n'],
  ])('is that file by its short path too: %s', async (extension, body) => {
    const { ask, torrent } = await serve(CONTENTS)
    const answer = await ask('GET', shortStreamPath(torrent.infoHash, 0, '') + extension)
    expect(answer.status).toBe(200)
    expect(answer.body.toString()).toBe(body)
  })

  test.each('smi jpg png idx ass txt nfo utf8 utf-8 rt zip cue sup mks'.split(' '))(
    'is nothing by its short path where there is none: .%s',
    async (extension) => {
      const { ask, torrent } = await serve(CONTENTS)
      const path = `${shortStreamPath(torrent.infoHash, 0, '')}.${extension}`
      expect((await ask('GET', path)).status).toBe(404)
      expect((await ask('HEAD', path)).status).toBe(404)
    },
  )

  test.each([
    'Film.mkv',
    'Film.MKV',
    'Film.m2ts',
    'Film.divx',
    'Film.zip',
    'Film.txt',
    'Film.srt',
    'Film.xyz',
    'Film.расш',
    'Film.an extension',
    'Film',
  ])('is no other by the short path that we give for %s', async (name) => {
    const { ask, torrent } = await serve({ [name]: 5_000 })
    const path = shortStreamPath(torrent.infoHash, 0, name)
    const bare = shortStreamPath(torrent.infoHash, 0, '')
    for (const asked of [path, `${path}?x=/a.srt`, bare]) {
      expect((await ask('GET', asked)).body.length).toBe(5_000)
    }
  })

  it('is nothing where the film has no subtitles', async () => {
    const { ask } = await serve({ 'Film.avi': 10, 'Other.avi': 10 })
    expect((await ask('GET', '/torrents/0/stream/0/Film.srt')).status).toBe(404)
  })

  it('is the track inside of the film where nothing is beside it', async () => {
    const { ask } = await serve({ 'Film.mkv': FILM })
    expect((await ask('GET', '/torrents/0/stream/0/Film.srt')).body.toString()).toContain('Hallo')
  })
})

describe('CaptionInfo.sec', () => {
  const ASKED = { 'getCaptionInfo.sec': '1' }

  it.each(['GET', 'HEAD'])('names the subtitles in the answer to %s when asked', async (method) => {
    const { port, torrent, ask } = await serve({ 'Film.mkv': 10, 'Film.srt': SRT })
    const url = (await ask(method, '/torrents/0/stream/0/Film.mkv', ASKED)).headers[
      'captioninfo.sec'
    ]
    expect(url).toBe(
      `http://127.0.0.1:${port}/torrents/${torrent.infoHash}/subtitles/1/subtitles.srt`,
    )
    expect((await ask('GET', new URL(url ?? '').pathname)).body.toString()).toBe(OUTPUT)
    const unasked = await ask(method, '/torrents/0/stream/0/Film.mkv')
    expect(unasked.headers['captioninfo.sec']).toBeUndefined()
  })

  it('names those in the language of the renderer that asks', async () => {
    const renderers = new Renderers({ clock: new FakeClock(), log: silentLogger() })
    const files = { 'Film.mkv': 10, 'Film.de.srt': SRT, 'Film.en.srt': SRT }
    const { ask } = await serve(files, ['de'], renderers)
    const named = async (): Promise<string | undefined> =>
      (await ask('HEAD', '/torrents/0/stream/0/Film.mkv', ASKED)).headers['captioninfo.sec']
    expect(await named()).toMatch(/\/1\/de\.srt$/)
    const set = { captions: { languages: ['en'] } }
    renderers.override([{ address: '127.0.0.1', set }])
    expect(await named()).toMatch(/\/2\/en\.srt$/)
  })

  it('is absent where there are none, or the film cannot be looked into', async () => {
    const { torrent, ask } = await serve({ 'Film.avi': 10, 'Other.mkv': 5_000, 'song.mp3': 10 })
    for (const index of [0, 1, 2]) {
      const answer = await ask('HEAD', `/torrents/0/stream/${index}`, ASKED)
      expect(answer.status).toBe(200)
      expect(answer.headers['captioninfo.sec']).toBeUndefined()
    }
    torrent.stream = () => {
      throw new TorrentError('unavailable', 'the torrent is paused')
    }
    expect((await ask('HEAD', '/torrents/0/stream/1', ASKED)).status).toBe(200)
  })

  it('does not name tracks of a film that is still arriving, but gives what there is of them', async () => {
    const { torrent, ask } = await serve({ 'Film.mkv': FILM })
    torrent.arriving.add(0)
    const arriving = await ask('HEAD', '/torrents/0/stream/0', ASKED)
    expect(arriving.headers['captioninfo.sec']).toBeUndefined()
    expect((await ask('GET', '/torrents/0/stream/0/x.srt')).body.toString()).toContain('Hallo')
    torrent.arriving.clear()
    const whole = await ask('HEAD', '/torrents/0/stream/0', ASKED)
    expect(whole.headers['captioninfo.sec']).toMatch(/subtitles\/0-2\/de\.srt$/)
  })

  it('is said unasked to TVs that never ask, and to no player that has no use for it', async () => {
    const { ask } = await serve({ 'Film.mkv': 10, 'Film.srt': SRT })
    const named = async (headers: Readonly<Record<string, string>>): Promise<unknown> =>
      (await ask('HEAD', '/torrents/0/stream/0', headers)).headers['captioninfo.sec']
    expect(await named({ 'User-Agent': 'SEC_HHP_[TV]UE40D7000/1.0' })).toMatch(/\.srt$/)
    expect(await named({ ...ASKED, 'User-Agent': 'VLC/3.0.18 LibVLC/3.0.18' })).toBeUndefined()
  })

  it('prefers the language that is wanted', async () => {
    const contents = {
      'Film.mkv': FILM,
      'Film.en.srt': SRT,
      'Film.fr.srt': SRT,
      'Film.fr.forced.srt': SRT,
    }
    const named = async (languages: readonly string[]): Promise<string> => {
      const { ask } = await serve(contents, languages)
      const { headers } = await ask('HEAD', '/torrents/0/stream/0', ASKED)
      return headers['captioninfo.sec']?.split('/subtitles/')[1] ?? ''
    }
    expect(await named(['fr'])).toBe('2/fr.srt')
    expect(await named(['it', 'en'])).toBe('1/en.srt')
    expect(await named(['it'])).toBe('1/en.srt')
  })
})

it('prefers a file to a track, and tracks of text are among the subtitles', async () => {
  const torrent = new ContentTorrent({ 'Film.mkv': FILM, 'Film.de.srt': SRT })
  const catalog = new SubtitleCatalog(['de'])
  await inTurns(catalog.grow(torrent.files))
  const traits = {
    language: 'de',
    forced: false,
    hearingImpaired: false,
    isDefault: true,
    name: '',
  }
  catalog.learn(torrent.infoHash, 0, [
    { number: 2, kind: 'text', codec: 'S_TEXT/UTF8', ...traits },
    { number: 3, kind: 'bitmap', codec: 'S_HDMV/PGS', ...traits },
  ])
  const [film] = torrent.files
  if (film === undefined) throw new Error('there is a film')
  expect(catalog.subtitlesOf(torrent, film).map(({ reference }) => reference)).toEqual([
    { kind: 'sidecar', fileIndex: 1 },
    { kind: 'track', fileIndex: 0, track: 2 },
  ])
})
