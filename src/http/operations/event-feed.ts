import type { OpenStreams } from '../media-files/open-streams.ts'
import { jsonText, NestedList } from '../messages/json-answer.ts'
import type { SessionPort, TorrentPort } from '../messages/session-port.ts'
import { sessionStats } from '../torrent-api/session-json.ts'
import { torrentItem } from '../torrent-api/torrent-json.ts'
import type { LiveAnswer } from './live-answer.ts'

const TICK_MS = 1_000
/** Proxies cut off what is silent for longer, and pages take it for broken after three times as long. */
const KEEP_ALIVE_MS = 15_000
/** Of those that have changed at once, as after a start; the others come with the next ticks. */
const MAX_TORRENTS_PER_TICK = 200
/** Events that a client that has just come may be behind with. */
const MAX_MISSED = 10_000

/** Something else that is told to pages: `renderers`, when it has changed. */
export interface EventSource {
  readonly kind: string
  /** Asked once a second while somebody listens; `null` where there is nothing to tell. */
  body(): unknown
  /** It is what has just happened, told once: not to who comes later. */
  readonly isNews?: boolean
  /** Whom it is for, if not for everybody. */
  readonly viewer?: 'owner'
}

export interface EventFeedOptions {
  readonly session: SessionPort
  readonly streams: OpenStreams
  readonly sources?: readonly EventSource[]
}

/** Tells open pages what changes, as server-sent events. While nobody listens it does nothing. */
export class EventFeed {
  readonly #session: SessionPort
  readonly #streams: OpenStreams
  readonly #sources: readonly EventSource[]
  readonly #clients = new Set<LiveAnswer>()
  /** Of the clients, those who are told who streams. */
  readonly #owners = new WeakSet<LiveAnswer>()
  /** Those that are still told all torrents, and what they have missed meanwhile. */
  readonly #joining = new Map<LiveAnswer, string[]>()
  /** By id. */
  readonly #changed = new Map<number, TorrentPort>()
  /** What was told last, by kind or torrent. */
  readonly #told = new Map<string, string>()
  #timer: NodeJS.Timeout | null = null
  #silentMs = 0
  #libraryChanged = false

  constructor({ session, streams, sources = [] }: EventFeedOptions) {
    this.#session = session
    this.#streams = streams
    this.#sources = sources
    session.on('added', this.#onChanged)
    session.on('changed', this.#onChanged)
    session.on('removed', this.#onRemoved)
  }

  /** Tells a new client all torrents, and then what changes, until the returned function is called. */
  add(client: LiveAnswer, viewer: 'owner' | 'reader'): () => void {
    if (viewer === 'owner') this.#owners.add(client)
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS)
    this.#joining.set(client, [])
    void this.#greet(client)
    return () => {
      this.#clients.delete(client)
      this.#joining.delete(client)
      if (this.#clients.size + this.#joining.size === 0) this.#rest()
    }
  }

  async #greet(client: LiveAnswer): Promise<void> {
    const { torrents } = this.#session
    const items = new NestedList(torrents.length, (index) => {
      const torrent = torrents[index]
      return torrent === undefined ? null : torrentItem(torrent)
    })
    client.write('event: torrents\ndata: ')
    await client.writeAll(jsonText({ torrents: items }))
    client.write('\n\n')
    client.write(eventText('speeds', textOf(sessionStats(this.#session.stats()))))
    client.write(eventText('streams', textOf(this.#streams.jsonFor(this.#viewer(client)))))
    for (const { kind, body, isNews, viewer } of this.#sources) {
      const isFor = viewer === undefined || viewer === this.#viewer(client)
      const current = isNews || !isFor ? null : body()
      if (current !== null) client.write(eventText(kind, textOf(current)))
    }
    const missed = this.#joining.get(client)
    // It has left meanwhile.
    if (missed === undefined) return
    for (const text of missed) client.write(text)
    this.#joining.delete(client)
    this.#clients.add(client)
  }

  close(): void {
    this.#rest()
    this.#session.off('added', this.#onChanged)
    this.#session.off('changed', this.#onChanged)
    this.#session.off('removed', this.#onRemoved)
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.#changed.clear()
    this.#told.clear()
  }

  readonly #onChanged = (torrent: TorrentPort): void => {
    if (this.#timer === null) return
    this.#changed.set(torrent.id, torrent)
    this.#libraryChanged = true
  }

  readonly #onRemoved = ({ id, infoHash }: TorrentPort): void => {
    if (this.#timer === null) return
    this.#changed.delete(id)
    this.#told.delete(`torrent ${id}`)
    this.#tell('removed', textOf({ id, info_hash: infoHash }))
    this.#libraryChanged = true
  }

  #tick(): void {
    this.#silentMs += TICK_MS
    for (const torrent of this.#session.torrents) {
      // What rests tells by itself when it changes.
      const { kind } = torrent.state
      if (kind === 'live' || kind === 'initializing') this.#changed.set(torrent.id, torrent)
    }
    let count = 0
    for (const [id, torrent] of this.#changed) {
      if (count++ >= MAX_TORRENTS_PER_TICK) break
      this.#changed.delete(id)
      this.#tellChange(`torrent ${id}`, 'torrent', textOf({ torrent: torrentItem(torrent) }))
    }
    const { uptime_seconds: uptime, ...speeds } = sessionStats(this.#session.stats())
    if (this.#isNew('speeds', textOf(speeds))) {
      this.#tell('speeds', textOf({ ...speeds, uptime_seconds: uptime }))
    }
    for (const viewer of ['owner', 'reader'] as const) {
      const text = textOf(this.#streams.jsonFor(viewer))
      if (this.#isNew(`streams ${viewer}`, text)) this.#write(eventText('streams', text), viewer)
    }
    for (const { kind, body, isNews = false, viewer = null } of this.#sources) {
      const current = body()
      if (current === null) continue
      const text = textOf(current)
      if (isNews || this.#isNew(kind, text)) this.#write(eventText(kind, text), viewer)
    }
    if (this.#libraryChanged) this.#tell('library', '{}')
    this.#libraryChanged = false
    if (this.#silentMs >= KEEP_ALIVE_MS) this.#tell('alive', '{}')
  }

  #tellChange(key: string, kind: string, text: string): void {
    if (this.#isNew(key, text)) this.#tell(kind, text)
  }

  #isNew(key: string, text: string): boolean {
    if (this.#told.get(key) === text) return false
    this.#told.set(key, text)
    return true
  }

  #tell(kind: string, text: string): void {
    this.#write(eventText(kind, text))
  }

  #viewer(client: LiveAnswer): 'owner' | 'reader' {
    return this.#owners.has(client) ? 'owner' : 'reader'
  }

  /** @param viewer - Whom it is for, if not for everybody. */
  #write(text: string, viewer: 'owner' | 'reader' | null = null): void {
    const isFor = (client: LiveAnswer): boolean =>
      viewer === null || viewer === this.#viewer(client)
    const clients = [...this.#clients].filter(isFor)
    // The others may have heard nothing: they are to be told that we are still here.
    if (viewer === null || clients.length === this.#clients.size) this.#silentMs = 0
    for (const client of clients) client.write(text)
    for (const [client, missed] of this.#joining) {
      if (!isFor(client)) continue
      if (missed.length < MAX_MISSED) missed.push(text)
      else client.end()
    }
  }
}

function eventText(kind: string, text: string): string {
  return `event: ${kind}\ndata: ${text}\n\n`
}

function textOf(value: unknown): string {
  return [...jsonText(value)].join('')
}
