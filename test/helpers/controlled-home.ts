import { onTestFinished } from 'vitest'
import { type FactsSource, NO_FACTS } from '../../src/library/facts/facts-source.ts'
import type { LibraryTorrent } from '../../src/library/files/library-source.ts'
import { Library } from '../../src/library/library.ts'
import { encodeObjectId } from '../../src/library/objects/object-id.ts'
import { SubtitleCatalog } from '../../src/library/subtitles/subtitle-catalog.ts'
import { silentLogger } from '../../src/log.ts'
import type { MediaFacts } from '../../src/media/probe/media-facts.ts'
import { ControlPoint, type FileToPlay } from '../../src/renderers/control-point.ts'
import type { FileReference } from '../../src/renderers/next-ahead.ts'
import type { Exchange } from '../../src/renderers/wire/exchange.ts'
import { Renderers } from '../../src/upnp/renderers/renderers.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeNetwork } from './fake-network.ts'
import type { FakeRenderer } from './fake-renderer.ts'
import { memoryStore, TorrentShelf, torrentOf } from './torrent-shelf.ts'

export const FILM_MS = 60_000

const FACTS: MediaFacts = {
  kind: 'video',
  ...{ container: 'matroska', title: null, cover: null, durationMs: FILM_MS, bitRate: 8_000 },
  video: {
    ...{ codec: 'AVC', profile: null, level: null, bitDepth: 8, frameRate: 25 },
    ...{ width: 1_920, height: 1_080, isInterlaced: false },
  },
  audio: [],
  subtitles: [],
}

export interface HomeOptions {
  readonly torrents?: readonly LibraryTorrent[]
  /** Whether files are known to last a minute. */
  readonly isProbed?: boolean
  readonly sign?: (path: string) => string
}

/** A control point, a library and renderers on one network, in a time of their own. */
export class ControlledHome {
  readonly clock = new FakeClock()
  readonly network = new FakeNetwork(this.clock, { eth0: '192.168.1.2/24' })
  readonly renderers: FakeRenderer[] = []
  readonly fetchedAhead: FileReference[] = []
  readonly torrents: readonly LibraryTorrent[]
  readonly subtitles = new SubtitleCatalog()
  readonly library: Library
  readonly controlPoint: ControlPoint
  readonly profiles: Renderers

  constructor({ torrents, isProbed = true, sign = (path) => path }: HomeOptions = {}) {
    const log = silentLogger()
    const facts: FactsSource = { ...NO_FACTS, ...(isProbed ? { factsOf: () => FACTS } : {}) }
    this.torrents = torrents ?? [
      torrentOf('Show', ['Show.S01E01.mkv', 'Show.S01E02.mkv', 'Show.S01E01.en.srt', 'note.txt']),
    ]
    this.library = new Library({
      source: new TorrentShelf(this.torrents),
      updateIds: memoryStore(),
      ...{ facts, subtitles: this.subtitles, log },
    })
    this.profiles = new Renderers({ clock: this.clock, log })
    this.controlPoint = new ControlPoint({
      library: this.library,
      profiles: this.profiles,
      links: () => [{ name: 'eth0', address: '192.168.1.2', prefixLength: 24, isLoopback: false }],
      openSocket: this.network.openSocket,
      baseUrlTowards: async () => 'http://192.168.1.2:3030',
      sign,
      fetchAhead: (file) => this.fetchedAhead.push(file),
      exchange: this.#exchange,
      clock: this.clock,
      log,
    })
    onTestFinished(async () => {
      const closed = this.controlPoint.close()
      await this.clock.advance(2_000)
      await closed
      this.library.close()
    })
  }

  /** A renderer advertises itself, and is found. */
  async plugIn<Fake extends FakeRenderer>(renderer: Fake): Promise<Fake> {
    this.renderers.push(renderer)
    this.controlPoint.hear(renderer.datagram(), renderer.address)
    await this.clock.advance(100)
    return renderer
  }

  file(fileIndex = 0, torrent = this.torrents[0]): FileToPlay {
    if (torrent === undefined) throw new Error('no torrent')
    const { infoHash } = torrent
    const objectId = encodeObjectId({ kind: 'file', infoHash, fileIndex })
    return { infoHash, fileIndex, objectId }
  }

  /** Waits for what takes some time of the clock; rejects as it does. */
  async wait<Result>(promise: Promise<Result>, ms = 5_000): Promise<Result> {
    promise.catch(() => {})
    await this.clock.advance(ms)
    return await promise
  }

  async play(renderer: FakeRenderer, file = this.file(), startAtMs = 0): Promise<void> {
    await this.wait(this.controlPoint.play(renderer.udn, file, startAtMs), 1_000)
  }

  /** What is told of the only renderer. */
  get status() {
    const [status] = this.controlPoint.renderers
    if (status === undefined) throw new Error('no renderer was found')
    return status
  }

  /** Seconds where somebody goes on with a file, and how often it was watched. */
  watched(fileIndex = 0): readonly [seconds: number, count: number] | null {
    const object = this.library.get(this.file(fileIndex).objectId)
    if (object?.kind !== 'item' || object.playback === null) return null
    return [Math.round(object.playback.positionMs / 1_000), object.playback.playCount]
  }

  readonly #exchange: Exchange = async (request) => {
    const { hostname } = request.url
    const renderer = this.renderers.find(({ address }) => address === hostname)
    if (renderer === undefined) throw new Error(`nobody at ${hostname}`)
    return await renderer.exchange(request)
  }
}
