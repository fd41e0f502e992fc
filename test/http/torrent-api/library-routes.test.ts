import { describe, expect, it, onTestFinished } from 'vitest'
import { NO_FACTS } from '../../../src/library/facts/facts-source.ts'
import { Library } from '../../../src/library/library.ts'
import { SubtitleCatalog } from '../../../src/library/subtitles/subtitle-catalog.ts'
import { silentLogger } from '../../../src/log.ts'
import type { MediaFacts } from '../../../src/media/probe/media-facts.ts'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { send, startHttpServer } from '../../helpers/http-client.ts'
import { memoryStore, TorrentShelf } from '../../helpers/torrent-shelf.ts'

const FACTS: MediaFacts = {
  kind: 'video',
  ...{ container: 'matroska', title: null, cover: null, durationMs: 61_500, bitRate: 8_000 },
  video: {
    ...{ codec: 'AVC', profile: null, level: null, bitDepth: 8, frameRate: 25 },
    ...{ width: 1_920, height: 1_080, isInterlaced: false },
  },
  audio: [
    {
      ...{ codec: 'AC-3', profile: null, channels: 6, sampleRate: 48_000, bitRate: null },
      ...{ bitDepth: null, language: 'en', title: 'Main', isDefault: true },
    },
  ],
  subtitles: [],
}

async function serve(...torrents: readonly FakeTorrent[]) {
  const subtitles = new SubtitleCatalog()
  const facts = {
    ...NO_FACTS,
    factsOf: (_: string, fileIndex: number) => (fileIndex === 0 ? FACTS : undefined),
  }
  const source = new TorrentShelf(torrents)
  const options = { source, updateIds: memoryStore(), subtitles, facts, log: silentLogger() }
  const library = new Library(options)
  onTestFinished(() => library.close())
  const session = new FakeSession(...torrents)
  const port = await startHttpServer({ session, library, facts, subtitles })
  const put = (path: string, body: unknown) =>
    send(port, 'PUT', path, {}, typeof body === 'string' ? body : JSON.stringify(body))
  const list = async () => {
    const { status, body } = await send(port, 'GET', '/library')
    expect(status).toBe(200)
    return JSON.parse(body.toString()).items
  }
  return { list, put }
}

const files = (...paths: readonly string[]) => paths.map((path) => ({ path, length: 1_000 }))

describe('GET /library', () => {
  it('tells films, series, albums, images and other videos apart', async () => {
    const { list } = await serve(
      new FakeTorrent(1, 'Film', files('The.River.2021.1080p.mkv', 'The.River.2021.1080p.en.srt')),
      new FakeTorrent(
        2,
        'Show',
        files('Show.S01E02.mkv', 'Show.S01E01.mkv', 'x.png', 'poster.jpg', 'clip.mp4'),
      ),
      new FakeTorrent(
        3,
        'Music',
        files('Album/02 b.mp3', 'Album/01 a.mp3', 'Other/x.mp3', 'Album/cover.jpg'),
      ),
    )
    const items: { kind: string; title: string; files: { name: string }[] }[] = await list()
    const shown = items.map(({ kind, title, files }) => [kind, title, files.map((f) => f.name)])
    expect(shown).toEqual([
      ['film', 'The River', ['The.River.2021.1080p.mkv']],
      ['series', 'Show', ['Show.S01E01.mkv', 'Show.S01E02.mkv']],
      ['other', 'Show', ['clip.mp4']],
      ['audio', 'Album', ['01 a.mp3', '02 b.mp3']],
      ['audio', 'Other', ['x.mp3']],
      ['image', 'Show', ['x.png']],
    ])
  })

  it('says of a film all that its page shows', async () => {
    const torrent = new FakeTorrent(1, 'Film', files('River.2021.mkv', 'River.2021.en.srt'))
    const { list } = await serve(torrent)
    const { infoHash } = torrent
    const srt = `/torrents/${infoHash}/subtitles/1/en`
    expect(await list()).toEqual([
      {
        ...{ id: `${infoHash}-0`, kind: 'film', title: 'River', year: 2021, torrent_id: 1 },
        ...{ info_hash: infoHash, added_at: torrent.addedAt.getTime(), poster: null },
        files: [
          {
            ...{ file_idx: 0, name: 'River.2021.mkv', title: 'River (2021)', season: null },
            ...{ episode: null, length: 1_000, mime: 'video/x-matroska', duration_s: 61.5 },
            resolution: '1920x1080',
            video: { codec: 'AVC', profile: null, bit_depth: 8 },
            audio: [{ language: 'en', codec: 'AC-3', channels: 6, title: 'Main' }],
            subtitles: [
              {
                ...{ index: 0, language: 'en', name: 'River.2021.en.srt' },
                ...{ url_srt: `${srt}.srt`, url_vtt: `${srt}.vtt` },
              },
            ],
            ...{ played_at: null, resume_s: null, watched: false, poster: null, selected: true },
            stream_url: `/torrents/${infoHash}/stream/0/River.2021.mkv`,
            finished: expect.any(Number),
          },
        ],
      },
    ])
  })
})

describe('PUT /library/{info_hash}/{file_idx}/position', () => {
  const film = () => new FakeTorrent(1, 'Film', files('River.2021.mkv'))

  it('keeps where to go on, and what was watched', async () => {
    const torrent = film()
    const { list, put } = await serve(torrent)
    const path = `/library/${torrent.infoHash}/0/position`
    expect((await put(path, { position_s: 12.5 })).status).toBe(200)
    expect((await list())[0].files[0]).toMatchObject({ resume_s: 12.5, watched: false })
    await put(path, { position_s: 0, watched: true })
    expect((await list())[0].files[0]).toMatchObject({ resume_s: null, watched: true })
    await put(path, { watched: false })
    expect((await list())[0].files[0]).toMatchObject({ resume_s: null, watched: false })
  })

  it.each(['', '{', '[]', '{}', '{"position_s":-1}', '{"position_s":"1"}', '{"watched":1}'])(
    'answers %j with 400',
    async (body) => {
      const torrent = film()
      const { put } = await serve(torrent)
      const { status } = await put(`/library/${torrent.infoHash}/0/position`, body)
      expect(status).toBe(400)
    },
  )

  it('answers what is no film with 404', async () => {
    const torrent = film()
    const { put } = await serve(torrent)
    for (const path of [`${torrent.infoHash}/7`, `${'f'.repeat(40)}/0`]) {
      expect((await put(`/library/${path}/position`, { position_s: 1 })).status).toBe(404)
    }
  })
})
