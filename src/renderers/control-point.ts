import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Library } from '../library/library.ts'
import type { Item, SubtitleResource } from '../library/objects/media-object.ts'
import type { Logger } from '../log.ts'
import { imageKindOf } from '../media/pictures/image-kind.ts'
import type { InterfaceAddress } from '../upnp/discovery/network-interfaces.ts'
import type { SsdpSocket } from '../upnp/discovery/ssdp-socket.ts'
import type { Renderers } from '../upnp/renderers/renderers.ts'
import { spelledFormat, spelledType } from '../upnp/renderers/spelled-type.ts'
import { RendererSearch } from './finding/renderer-search.ts'
import { FoundRenderers } from './found-renderers.ts'
import { pushedMedia } from './media/pushed-media.ts'
import { episodeAfter, type FileReference } from './next-ahead.ts'
import type { Playable } from './playback/playable.ts'
import type { PlaybackNews } from './playback/playback-tracker.ts'
import type { Renderer } from './playback/renderer.ts'
import type { RendererStatus } from './playback/renderer-status.ts'
import type { Exchange } from './wire/exchange.ts'
import { RendererError } from './wire/renderer-error.ts'

export interface ControlPointOptions {
  readonly library: Pick<Library, 'get' | 'setPlayback' | 'catalogue'>
  /** How each renderer is to be told. */
  readonly profiles: Pick<Renderers, 'profileFor' | 'describe' | 'spell'>
  /** Our addresses on the links that we are announced on. */
  readonly links: () => readonly InterfaceAddress[]
  readonly openSocket: (family: 4 | 6) => SsdpSocket
  /** Scheme, address and port of ours that somebody at an address reaches; `null` where there is no way. */
  readonly baseUrlTowards: (address: string) => Promise<string | null>
  /** Makes paths that are read without a password. */
  readonly sign: (path: string) => string
  /** Fetches what will be played next. */
  readonly fetchAhead: (file: FileReference) => void
  readonly exchange: Exchange
  readonly clock: Clock
  readonly log: Logger
}

/** A file of the library that is to be played. */
export interface FileToPlay {
  readonly infoHash: string
  readonly fileIndex: number
  /** Of its item. */
  readonly objectId: string
  /** In place of the best; `null` for none. */
  readonly subtitle?: SubtitleResource | null | undefined
}

/** Where renderers send their events to, before their token. */
export const EVENT_PATH = '/upnp/renderer-events/'

/** Of a film, after which it counts as watched to its end. */
const WATCHED_SHARE = 0.9
const MAX_ICON_BYTES = 512 * 1024
const TOKEN_BYTES = 16

/**
 * Finds media renderers and has them play what is in the library (AVTransport:1, RenderingControl:1). What
 * one of them does wrong is told as its problem, and costs nothing else.
 */
export class ControlPoint {
  readonly #options: ControlPointOptions
  readonly #found: FoundRenderers
  readonly #search: RendererSearch
  /** For whom events come in, by the last part of their path. */
  readonly #tokens = new Map<string, string>()

  constructor(options: ControlPointOptions) {
    const { links, openSocket, exchange, clock, log, profiles } = options
    this.#options = options
    this.#found = new FoundRenderers({
      ...{ exchange, clock, log },
      describe: (address, signs) => profiles.describe(address, signs),
      onNews: (renderer, news) => this.#heed(renderer, news),
      onLost: (left) => this.#keep(left.playing.objectId, left.positionMs),
      callbackUrl: (id, address) => this.#callbackUrl(id, address),
    })
    this.#search = new RendererSearch({
      ...{ links, openSocket, clock, log },
      onAnswer: (datagram, from) => this.hear(datagram, from),
    })
  }

  start(): void {
    this.#search.start()
  }

  /** Takes any datagram of SSDP. */
  hear(datagram: Uint8Array, from: string): void {
    this.#found.hear(datagram, from)
  }

  /** Looks again now, on all links. */
  async search(): Promise<void> {
    await this.#search.search()
  }

  /** By name. */
  get renderers(): readonly RendererStatus[] {
    return this.#found.all
      .map(({ status }) => status)
      .toSorted((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))
  }

  /** @param startAtMs - 0 for the beginning. Rejects with RendererError, as all that follow. */
  async play(id: string, file: FileToPlay, startAtMs: number): Promise<void> {
    const { renderer, playable } = await this.#prepare(id, file)
    await renderer.play(playable, startAtMs)
  }

  /** What is played after that which plays. */
  async playNext(id: string, file: FileToPlay): Promise<void> {
    const { renderer, playable } = await this.#prepare(id, file)
    await renderer.setNext(playable)
  }

  /** Nothing is played after that which plays. */
  async clearNext(id: string): Promise<void> {
    await this.#renderer(id).clearNext()
  }

  async pause(id: string): Promise<void> {
    await this.#renderer(id).pause()
  }

  async resume(id: string): Promise<void> {
    await this.#renderer(id).resume()
  }

  async stop(id: string): Promise<void> {
    await this.#renderer(id).stop()
  }

  async seek(id: string, positionMs: number): Promise<void> {
    await this.#renderer(id).seek(positionMs)
  }

  /** @param volume - 0 to 100. */
  async setVolume(id: string, volume: number): Promise<void> {
    await this.#renderer(id).setVolume(volume)
  }

  async setMute(id: string, mute: { readonly muted: boolean }): Promise<void> {
    await this.#renderer(id).setMute(mute)
  }

  /** Its picture, PNG or JPEG; rejects with RendererError where there is none that can be had. */
  async icon(id: string): Promise<{ readonly bytes: Buffer; readonly mimeType: string }> {
    const { iconUrl } = this.#renderer(id).description
    if (iconUrl === null) throw new RendererError('unknown', `${id} has no icon`)
    const maxBytes = MAX_ICON_BYTES
    const { status, body } = await this.#options.exchange({ method: 'GET', url: iconUrl, maxBytes })
    const kind = status === 200 ? imageKindOf(body) : null
    if (kind !== 'png' && kind !== 'jpeg') {
      throw new RendererError('unreadable', `${id} has an icon that is no picture`)
    }
    return { bytes: body, mimeType: `image/${kind}` }
  }

  /** Takes an event: false where nobody has such a token, or it comes from elsewhere. */
  takeEvent(token: string, from: string): boolean {
    const renderer = this.#found.find(this.#tokens.get(token) ?? '')
    if (renderer === undefined || renderer.status.address !== from) return false
    renderer.hint()
    return true
  }

  /** Renderers go on with what they play. */
  async close(): Promise<void> {
    this.#search.close()
    await this.#found.close()
    this.#tokens.clear()
  }

  #renderer(id: string): Renderer {
    const renderer = this.#found.find(id)
    if (renderer !== undefined) return renderer
    throw new RendererError('unknown', `there is no renderer ${JSON.stringify(id.slice(0, 100))}`)
  }

  async #prepare(
    id: string,
    file: FileToPlay,
  ): Promise<{ readonly renderer: Renderer; readonly playable: Playable }> {
    const renderer = this.#renderer(id)
    const item = this.#item(file)
    const { address, name } = renderer.status
    const baseUrl = await this.#options.baseUrlTowards(address)
    if (baseUrl === null) {
      throw new RendererError('unreachable', `no address of ours leads to ${name} at ${address}`)
    }
    return { renderer, playable: this.#playable(item, file, { address, baseUrl }) }
  }

  #item({ infoHash, fileIndex, objectId }: FileToPlay): Item {
    const object = this.#options.library.get(objectId)
    if (object?.kind === 'item') return object
    throw new RendererError('unknown', `file ${fileIndex} of ${infoHash} is nothing to be played`)
  }

  #playable(
    item: Item,
    { infoHash, fileIndex, subtitle }: FileToPlay,
    { address, baseUrl }: { readonly address: string; readonly baseUrl: string },
  ): Playable {
    const { profiles, sign } = this.#options
    const { facts } = item
    const durationMs = facts === undefined || facts.kind === 'image' ? null : facts.durationMs
    return {
      file: { infoHash, fileIndex, objectId: item.id, title: item.title, durationMs },
      mediaFor: (sink) => {
        const asked = 'SetAVTransportURI'
        const renderer = profiles.profileFor({ address, headers: {}, asked })
        const media = pushedMedia(item, { renderer, sink, subtitle, baseUrl, sign })
        const { mediaType, path } = item.resource
        const format = spelledFormat(mediaType.mimeType, path)
        const isOfRule = media.mimeType === spelledType(renderer, mediaType.mimeType, path)
        if (format !== null && !isOfRule) profiles.spell(address, format, media.mimeType)
        return media
      },
    }
  }

  #heed(renderer: Renderer, news: PlaybackNews): void {
    const { name } = renderer
    const { log, fetchAhead, library } = this.#options
    switch (news.kind) {
      case 'progress':
        this.#keep(news.playing.objectId, news.positionMs)
        return
      case 'finished': {
        log.info({ renderer: name, title: news.playing.title }, 'played to its end')
        this.#watched(news.playing.objectId)
        return
      }
      case 'near-end': {
        const next = renderer.status.playback.next ?? episodeAfter(library, news.playing)
        if (next !== null) fetchAhead(next)
        return
      }
      case 'never-began':
        log.warn({ renderer: name, title: news.playing.title }, 'renderer does not begin to play')
        return
      case 'went-on':
      case 'play-next':
      case 'left':
      case 'seek':
        log.debug({ renderer: name, news: news.kind }, 'renderer')
    }
  }

  /** Where a person goes on watching; nobody goes on in the middle of a song. */
  #keep(objectId: string, positionMs: number | null): void {
    if (positionMs === null) return
    const { library, clock } = this.#options
    const object = library.get(objectId)
    if (object?.kind !== 'item' || object.resource.mediaType.kind !== 'video') return
    const facts = object.facts
    const durationMs = facts === undefined || facts.kind === 'image' ? null : facts.durationMs
    const isOver = durationMs !== null && positionMs >= durationMs * WATCHED_SHARE
    const kept = isOver ? 0 : Math.round(positionMs)
    library.setPlayback(objectId, { positionMs: kept }, new Date(clock.now()))
  }

  #watched(objectId: string): void {
    const { library, clock } = this.#options
    const object = library.get(objectId)
    if (object?.kind !== 'item') return
    const playCount = (object.playback?.playCount ?? 0) + 1
    library.setPlayback(objectId, { positionMs: 0, playCount }, new Date(clock.now()))
  }

  async #callbackUrl(id: string, address: string): Promise<string | null> {
    const baseUrl = await this.#options.baseUrlTowards(address)
    if (baseUrl === null) return null
    for (const [token, owner] of this.#tokens) {
      if (owner === id || this.#found.find(owner) === undefined) this.#tokens.delete(token)
    }
    const token = randomBytes(TOKEN_BYTES).toString('hex')
    this.#tokens.set(token, id)
    return `${baseUrl}${EVENT_PATH}${token}`
  }
}
