import type { Clock } from '../../clock.ts'
import { AvTransport } from '../control/av-transport.ts'
import { RenderingControl } from '../control/rendering-control.ts'
import { ServiceClient } from '../control/service-client.ts'
import type { TransportState } from '../control/transport-text.ts'
import type { RendererDescription, ServiceAddress } from '../description/device-description.ts'
import type { PushedMedia } from '../media/pushed-media.ts'
import type { SinkEntry } from '../media/sink.ts'
import type { Exchange } from '../wire/exchange.ts'
import { asRendererError, isRefusal, RendererError } from '../wire/renderer-error.ts'
import { CommandQueue } from './command-queue.ts'
import { Handover } from './handover.ts'
import { KnownLoudness } from './known-loudness.ts'
import { KnownPosition } from './known-position.ts'
import { KnownSink } from './known-sink.ts'
import { type PlaybackNews, PlaybackTracker, type Playing } from './playback-tracker.ts'
import { Poller } from './poller.ts'
import { RendererHealth } from './renderer-health.ts'
import type { RendererProblem, RendererStatus } from './renderer-status.ts'
import { TransportEvents } from './transport-events.ts'

/** A file, and how it is told to a renderer that says that it plays what is in the sink. */
export interface Playable {
  readonly file: Omit<Playing, 'url'>
  readonly mediaFor: (sink: readonly SinkEntry[]) => PushedMedia
}

export interface RendererOptions {
  readonly id: string
  readonly address: string
  readonly description: RendererDescription
  readonly exchange: Exchange
  readonly clock: Clock
  /** Hears what comes of polling; `seek` and `play-next` are seen to here. */
  readonly onNews: (news: PlaybackNews) => void
  /** Ours, for its events; `null` where it cannot reach us. */
  readonly callbackUrl: () => Promise<string | null>
}

/** Where it goes on by itself while it is asked for its position, gmediarender 0.1 never answers again. */
const HANGS_AT_NEXT = /^gmediarender$/i

/** One renderer: tells it what to play and knows how far it is. Owns its polling and its subscription. */
export class Renderer {
  readonly #options: RendererOptions
  readonly #transport: AvTransport
  readonly #position: KnownPosition
  readonly #sink: KnownSink
  readonly #loudness: KnownLoudness
  readonly #handover: Handover
  readonly #tracker = new PlaybackTracker()
  readonly #queue = new CommandQueue()
  readonly #poller: Poller
  readonly #closing = new AbortController()
  readonly #events: TransportEvents
  readonly #health: RendererHealth
  #state: TransportState = 'unknown'
  /** What is played when the end is reached, where the renderer does not go on by itself. */
  #queued: Playable | null = null

  constructor(options: RendererOptions) {
    const { description, exchange, clock } = options
    const client = (service: ServiceAddress): ServiceClient => new ServiceClient(service, exchange)
    this.#options = options
    this.#transport = new AvTransport(client(description.avTransport))
    this.#position = new KnownPosition(this.#transport)
    const { connectionManager, renderingControl } = description
    this.#sink = new KnownSink(connectionManager && client(connectionManager))
    const rendering = renderingControl && new RenderingControl(client(renderingControl))
    this.#loudness = new KnownLoudness(rendering, clock)
    const { eventUrl } = description.avTransport
    this.#events = new TransportEvents({ ...options, eventUrl })
    this.#health = new RendererHealth(clock)
    this.#handover = new Handover({
      transport: this.#transport,
      clock,
      signal: this.#closing.signal,
    })
    this.#poller = new Poller({ clock, poll: () => this.#pollInTurn() })
  }

  get name(): string {
    const { description, address } = this.#options
    return description.friendlyName ?? description.signs.modelName ?? address
  }

  get status(): RendererStatus {
    const { id, address, description } = this.#options
    const { playing, next, positionMs, durationMs } = this.#tracker
    return {
      ...{ id, name: this.name, address },
      model: description.signs.modelName ?? null,
      manufacturer: description.signs.manufacturer ?? null,
      hasIcon: description.iconUrl !== null,
      lastSeen: this.#health.seenAt,
      problem: this.#problem,
      playback: {
        ...{ state: this.#state, playing, next, positionMs, durationMs },
        ...this.#loudness.value,
      },
    }
  }

  /** Whether it answers. */
  get isThere(): boolean {
    return this.#health.isThere
  }

  get description(): RendererDescription {
    return this.#options.description
  }

  start(): void {
    this.#poller.start()
  }

  /** Something has changed; a hint, no more. */
  hint(): void {
    this.#poller.soon()
  }

  /** It has been heard of. */
  seen(): void {
    this.#health.seen()
  }

  /**
   * Ends polling and its events; the renderer plays on. Returns what it played and how far, and when it
   * has been told.
   */
  close(): { readonly left: ReturnType<PlaybackTracker['end']>; readonly told: Promise<void> } {
    this.#closing.abort(new RendererError('unknown', 'is not there any more'))
    this.#poller.close()
    return { left: this.#tracker.end(), told: this.#events.close() }
  }

  /** @param startAtMs - 0 for the beginning. Rejects with RendererError, as all that follow. */
  play(playable: Playable, startAtMs: number): Promise<void> {
    return this.#command(async () => {
      const media = playable.mediaFor(await this.#sink.read())
      const hasStopped = await this.#handover.makeReady()
      if (hasStopped) this.#leave()
      await this.#handover.hand(media)
      await this.#handover.begin()
      const { clock } = this.#options
      this.#tracker.begin({ ...playable.file, url: media.url }, startAtMs, clock.now())
      this.#queued = null
      this.#position.begin()
      this.#events.listen()
    })
  }

  pause(): Promise<void> {
    return this.#command(() => this.#transport.pause())
  }

  resume(): Promise<void> {
    return this.#command(() => this.#transport.play())
  }

  /** Returns what was played and how far. */
  stop(): Promise<ReturnType<PlaybackTracker['end']>> {
    return this.#command(async () => {
      try {
        await this.#transport.stop()
      } catch (error) {
        // A renderer that has stopped already may refuse.
        if (!isRefusal(error) || (await this.#transport.state()) !== 'stopped') throw error
      }
      this.#state = 'stopped'
      return this.#leave()
    })
  }

  seek(positionMs: number): Promise<void> {
    return this.#command(async () => {
      await this.#transport.seek(positionMs)
      this.#tracker.sought(positionMs, this.#options.clock.now())
    })
  }

  /** @param volume - 0 to 100. */
  setVolume(volume: number): Promise<void> {
    return this.#command(() => this.#loudness.setVolume(volume))
  }

  setMute(mute: { readonly muted: boolean }): Promise<void> {
    return this.#command(() => this.#loudness.setMute(mute))
  }

  /** What comes after that which it plays; it is told where it takes that, and told at the end where not. */
  setNext(playable: Playable): Promise<void> {
    return this.#command(async () => {
      if (this.#tracker.playing === null) {
        throw new RendererError('refused', 'plays nothing that something could come after')
      }
      const media = playable.mediaFor(await this.#sink.read())
      if (await this.#takesNext()) await this.#handover.handNext(media)
      this.#tracker.queue({ ...playable.file, url: media.url })
      this.#queued = playable
    })
  }

  /** Takes back what was to come after that which it plays. */
  clearNext(): Promise<void> {
    return this.#command(async () => {
      if (this.#tracker.next !== null && (await this.#takesNext()))
        await this.#handover.takeBackNext()
      this.#tracker.queue(null)
      this.#queued = null
    })
  }

  async #takesNext(): Promise<boolean> {
    const { modelName = '' } = this.#options.description.signs
    return !HANGS_AT_NEXT.test(modelName) && (await this.#transport.takesNext())
  }

  get #problem(): RendererProblem | null {
    const { problem } = this.#health
    return problem && { ...problem, text: `${this.name} ${problem.text}` }
  }

  async #command<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      const result = await this.#queue.run(() => {
        this.#closing.signal.throwIfAborted()
        return work()
      })
      this.#health.calm()
      this.#health.answered()
      return result
    } catch (error) {
      const cause = asRendererError(error)
      this.#health.complain(cause.kind, cause.message)
      throw this.#named(cause)
    } finally {
      this.#poller.soon()
    }
  }

  #named(cause: RendererError): RendererError {
    const { kind, message, upnpCode } = cause
    return new RendererError(kind, `${this.name} ${message}`, { upnpCode, cause })
  }

  #leave(): ReturnType<PlaybackTracker['end']> {
    const left = this.#tracker.end()
    this.#queued = null
    if (left !== null && left.positionMs !== null) {
      const { playing, positionMs } = left
      this.#options.onNews({ kind: 'progress', playing, positionMs })
    }
    void this.#events.close()
    return left
  }

  /** Not while it is told something: what it says then is about something else. Tells how soon to ask again. */
  async #pollInTurn(): Promise<'often' | 'seldom' | 'rarely'> {
    if (this.#queue.isIdle) {
      try {
        await this.#queue.run(() => this.#poll())
        this.#health.answered()
      } catch (error) {
        this.#failed(asRendererError(error))
      }
    }
    if (!this.#health.isThere) return 'rarely'
    const isBusy = this.#tracker.playing !== null || this.#state === 'playing'
    return isBusy || this.#health.isDoubtful ? 'often' : 'seldom'
  }

  async #poll(): Promise<void> {
    this.#state = await this.#transport.state()
    const facts = await this.#position.read()
    const { clock } = this.#options
    await this.#loudness.refresh()
    if (this.#closing.signal.aborted) return
    const news = this.#tracker.observe({ ...facts, state: this.#state, atMs: clock.now() })
    for (const one of news) await this.#heed(one)
    if (this.#tracker.playing === null) void this.#events.close()
  }

  /** In the turn of a poll: it must not wait for another. */
  async #heed(news: PlaybackNews): Promise<void> {
    const queued = this.#queued
    if (news.kind === 'went-on') this.#queued = null
    this.#options.onNews(news)
    try {
      if (news.kind === 'seek') await this.#transport.seek(news.positionMs)
      if (news.kind === 'play-next' && queued !== null) this.#playLater(queued)
      if (news.kind === 'never-began')
        this.#health.complain('refused', 'took it and does not begin to play')
    } catch (error) {
      if (!isRefusal(error)) throw error
      this.#health.complain(error.kind, error.message)
    }
  }

  #playLater(playable: Playable): void {
    // It has complained where that fails.
    void this.play(playable, 0).catch(() => {})
  }

  #failed(error: RendererError): void {
    this.#health.failed(error)
    if (this.#health.isThere) return
    this.#state = 'unknown'
    this.#loudness.forget()
  }
}
