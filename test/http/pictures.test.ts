import sharp from 'sharp'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { NO_FACTS } from '../../src/library/facts/facts-source.ts'
import { Library } from '../../src/library/library.ts'
import { ImageFetcher } from '../../src/library/pictures/image-fetcher.ts'
import { PictureCache } from '../../src/library/pictures/picture-cache.ts'
import { PictureFinder } from '../../src/library/pictures/picture-finder.ts'
import { Pictures } from '../../src/library/pictures/pictures.ts'
import { type Logger, silentLogger } from '../../src/log.ts'
import { PictureMaker } from '../../src/media/pictures/picture-maker.ts'
import type { MediaFacts } from '../../src/media/probe/media-facts.ts'
import { shortStreamPath } from '../../src/media/stream-path.ts'
import { FakeSession, FakeTorrent } from '../helpers/fake-session.ts'
import { type RawAnswer, send, startHttpServer } from '../helpers/http-client.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'
import { memoryStore } from '../helpers/torrent-shelf.ts'
import { ProbeShelf, ProbeShelfTorrent, type ShelfFile } from '../library/probing/probe-shelf.ts'
import { fixture } from '../media/probe/fixture-source.ts'

let maker: PictureMaker
beforeAll(async () => {
  maker = new PictureMaker()
})

const red = (width: number, height: number, colour = '#f00') =>
  sharp({ create: { width, height, channels: 3, background: colour } })
    .jpeg()
    .toBuffer()

interface Served {
  readonly torrent: ProbeShelfTorrent
  readonly warnings: string[]
  /** Indices of files of which no picture can be made. */
  readonly broken: number[]
  readonly id: (fileIndex: number) => string
  readonly ask: (
    path: string,
    headers?: Record<string, string>,
    method?: string,
  ) => Promise<RawAnswer>
  /** The colour in the middle of the picture of an object: `red`, `green`, `blue` or `drawn`. */
  readonly colourOf: (objectId: string) => Promise<string>
}

async function serve(
  files: readonly ShelfFile[],
  {
    facts = new Map(),
    folder,
    onDemand = false,
    isComplete = true,
    patienceMs = 3_000,
    isStarving = () => false,
  }: {
    facts?: ReadonlyMap<number, MediaFacts>
    folder?: string
    onDemand?: boolean
    isComplete?: boolean
    patienceMs?: number
    isStarving?: () => boolean
  } = {},
): Promise<Served> {
  const torrent = new ProbeShelfTorrent('Films', files, 16 * 1024)
  if (isComplete) torrent.complete()
  const warnings: string[] = []
  const broken: number[] = []
  const log: Logger = {
    ...silentLogger(),
    warn: (_: unknown, message?: string) => warnings.push(String(message)),
  }
  const known = { ...NO_FACTS, factsOf: (_: string, fileIndex: number) => facts.get(fileIndex) }
  const library = new Library({
    source: new ProbeShelf(torrent),
    updateIds: memoryStore(),
    facts: known,
    log: silentLogger(),
  })
  onTestFinished(() => library.close())
  const torrentOf = (infoHash: string) => (infoHash === torrent.infoHash ? torrent : undefined)
  const cache = await PictureCache.open({
    folder: folder ?? (await temporaryFolder()),
    maxBytes: 10_000_000,
    now: () => Date.now(),
    log,
  })
  const pictures = new Pictures({
    finder: new PictureFinder({ library, torrentOf, facts: known }),
    fetcher: new ImageFetcher({
      torrentOf,
      starvation: { isAnyStarving: isStarving },
      onDemand,
    }),
    ...{ maker, cache, log, patienceMs, now: () => performance.now() },
    onBroken: (_, fileIndex) => broken.push(fileIndex),
  })
  onTestFinished(() => pictures.close())
  const session = new FakeSession(new FakeTorrent(0, 'x', []))
  const port = await startHttpServer({ session, pictures, library })
  const ask: Served['ask'] = (path, headers = {}, method = 'GET') =>
    send(port, method, path, headers)
  return {
    ...{ torrent, warnings, broken, ask },
    id: (fileIndex) => `${torrent.infoHash}-${fileIndex}`,
    colourOf: async (objectId) => {
      const { status, body } = await ask(`/p/${objectId}/tn.jpg`)
      if (status !== 200) return String(status)
      const { dominant, channels } = await sharp(body).stats()
      if (channels.some(({ stdev }) => stdev > 8)) return 'drawn'
      const { r, g, b } = dominant
      return r > 200 ? 'red' : g > 200 ? 'green' : b > 200 ? 'blue' : 'drawn'
    },
  }
}

const film = { path: 'River.2021.mkv', bytes: Buffer.alloc(1_000) }

describe('GET of a picture', () => {
  it('gives a JPEG with what DLNA says of it, and the same to HEAD', async () => {
    const { id, ask } = await serve([film, { path: 'cover.jpg', bytes: await red(600, 900) }])
    const answer = await ask(`/p/${id(0)}/tn.jpg`)
    expect(answer.status).toBe(200)
    expect(await sharp(answer.body).metadata()).toMatchObject({ width: 107, height: 160 })
    expect(answer.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': String(answer.body.length),
      'accept-ranges': 'bytes',
      'cache-control': 'max-age=86400',
      'transfermode.dlna.org': 'Interactive',
      'contentfeatures.dlna.org':
        'DLNA.ORG_PN=JPEG_TN;DLNA.ORG_OP=01;DLNA.ORG_CI=1;DLNA.ORG_FLAGS=00F00000000000000000000000000000',
    })
    const head = await ask(`/p/${id(0)}/tn.jpg`, {}, 'HEAD')
    expect(head.headers).toEqual({ ...answer.headers, date: head.headers.date })
    expect(head.body.length).toBe(0)
  })

  it('gives ranges, and nothing to whoever has it already', async () => {
    const { id, ask } = await serve([film, { path: 'cover.jpg', bytes: await red(600, 900) }])
    const path = `/p/${id(0)}/sm.jpg`
    const { headers, body } = await ask(path)
    const part = await ask(path, { Range: 'bytes=10-19' })
    expect([part.status, part.body]).toEqual([206, body.subarray(10, 20)])
    expect((await ask(path, { Range: `bytes=${body.length}-` })).status).toBe(416)
    expect((await ask(path, { 'If-None-Match': headers.etag ?? '' })).status).toBe(304)
  })

  it('refuses other methods and what is no object', async () => {
    const { id, ask } = await serve([film])
    expect((await ask(`/p/${id(0)}/tn.jpg`, {}, 'POST')).status).toBe(405)
    expect((await ask(`/p/${id(9)}/tn.jpg`)).status).toBe(404)
    expect((await ask('/p/nonsense/tn.jpg')).status).toBe(404)
  })

  it('gives Xbox 360 the picture of a film under the path of the film', async () => {
    const { torrent, ask } = await serve([film, { path: 'cover.jpg', bytes: await red(99, 99) }])
    const path = shortStreamPath(torrent.infoHash, 0, 'River.2021.mkv')
    const { headers } = await ask(`${path}?albumArt=true`)
    expect(headers['content-type']).toBe('image/jpeg')
  })
})

describe('the picture of an object', () => {
  it('is the image named like it, the cover inside, the cover around, or drawn, in this order', async () => {
    const mp3 = fixture('cover.mp3')
    const cover = { offset: 0, length: 0, mimeType: 'image/jpeg' }
    const files = [
      { path: 'a/one.mkv', bytes: film.bytes },
      { path: 'a/one-poster.jpg', bytes: await red(50, 50) },
      { path: 'a/two.mkv', bytes: film.bytes },
      { path: 'a/folder.jpg', bytes: await red(50, 50, '#0f0') },
      { path: 'b/inside.mp3', bytes: await red(50, 50, '#00f') },
      { path: 'b/none.mp3', bytes: mp3 },
      { path: 'a/deep/er/three.mkv', bytes: film.bytes },
    ]
    const inside = { ...AUDIO, cover: { ...cover, length: files[4]?.bytes.length ?? 0 } }
    const { id, torrent, colourOf } = await serve(files, { facts: new Map([[4, inside]]) })
    expect(await Promise.all([0, 2, 4, 5, 6].map((file) => colourOf(id(file))))).toEqual([
      ...['red', 'green', 'blue', 'drawn', 'green'],
    ])
    const folders = [`${torrent.infoHash}-d1-0`, `${torrent.infoHash}-d1-4`, torrent.infoHash, 'V']
    expect(await Promise.all(folders.map(colourOf))).toEqual(['green', 'blue', 'blue', 'drawn'])
  })

  it('is not kept for long where a cover may still be found inside', async () => {
    for (const [facts, seconds] of [
      [new Map(), 20],
      [new Map([[0, AUDIO]]), 86_400],
    ] as const) {
      const { id, ask } = await serve([{ path: 'a.mp3', bytes: Buffer.alloc(9) }], { facts })
      const { headers } = await ask(`/p/${id(0)}/tn.jpg`)
      expect(headers['cache-control']).toBe(`max-age=${seconds}`)
    }
  })

  it('is of an image itself', async () => {
    const { id, colourOf } = await serve([{ path: 'x.jpg', bytes: await red(50, 50) }])
    expect(await colourOf(id(0))).toBe('red')
  })

  it('is drawn, with one line of the log, where the image lies, is cut off or huge', async () => {
    const huge = await red(10_000, 10_000)
    const cut = (await red(3_000, 3_000)).subarray(0, 9_000)
    for (const bytes of [Buffer.from('<html>not an image</html>'), cut, huge]) {
      const facts = new Map([[0, AUDIO]])
      const files = [film, { path: 'cover.jpg', bytes }]
      const { id, warnings, broken, colourOf, ask } = await serve(files, { facts })
      expect([await colourOf(id(0)), await colourOf(id(0))]).toEqual(['drawn', 'drawn'])
      expect(warnings).toEqual([expect.stringMatching(/^no picture can be made of an image: /)])
      expect(broken).toEqual([1])
      expect((await ask(`/p/${id(0)}/sm.jpg`)).headers['cache-control']).toBe('max-age=86400')
    }
  })
})

describe('an image that is not here', () => {
  const cover = async () => [film, { path: 'cover.jpg', bytes: await red(600, 900) }]

  it('is fetched, and no more than it', async () => {
    const { id, torrent, colourOf } = await serve(await cover(), { isComplete: false })
    expect(await colourOf(id(0))).toBe('red')
    expect([torrent.held, torrent.openStreams]).toEqual([0, 0])
    expect(torrent.fetched).toEqual([0])
  })

  it('is drawn meanwhile, where it does not come in time', async () => {
    const served = await serve(await cover(), { isComplete: false, patienceMs: 20 })
    served.torrent.hasPeers = false
    expect(await served.colourOf(served.id(0))).toBe('drawn')
    const { headers } = await served.ask(`/p/${served.id(0)}/sm.jpg`)
    expect(headers['cache-control']).toBe('max-age=20')
    served.torrent.complete()
    await expect.poll(() => served.colourOf(served.id(0))).toBe('red')
  })

  it('is not fetched while a viewer starves', async () => {
    const options = { isComplete: false, patienceMs: 20, isStarving: () => true }
    const { id, torrent, colourOf } = await serve(await cover(), options)
    expect(await colourOf(id(0))).toBe('drawn')
    expect(torrent.prefetches).toBe(0)
  })

  it('of more than 8 MiB is not fetched where only what is streamed is downloaded', async () => {
    const bytes = Buffer.concat([await red(600, 900), Buffer.alloc(9_000_000)])
    const options = { isComplete: false, onDemand: true }
    const { id, torrent, colourOf } = await serve([film, { path: 'cover.jpg', bytes }], options)
    expect(await colourOf(id(0))).toBe('drawn')
    expect(torrent.fetched).toEqual([])
  })

  it('is kept on the disk', async () => {
    const folder = await temporaryFolder()
    const first = await serve(await cover(), { folder })
    expect(await first.colourOf(first.id(0))).toBe('red')
    const later = await serve(await cover(), { folder, isComplete: false })
    later.torrent.hasPeers = false
    expect(await later.colourOf(later.id(0))).toBe('red')
  })
})

const AUDIO: MediaFacts = {
  kind: 'audio',
  container: 'mp3',
  title: null,
  durationMs: null,
  bitRate: null,
  audio: [],
  cover: null,
}
