import type { Clock } from '../../clock.ts'
import { AvTransport } from '../control/av-transport.ts'
import { RenderingControl } from '../control/rendering-control.ts'
import { ServiceClient } from '../control/service-client.ts'
import type { TransportState } from '../control/transport-text.ts'
import type { RendererDescription, ServiceAddress } from '../description/device-description.ts'
import type { Exchange } from '../wire/exchange.ts'
import { isRefusal, RendererError } from '../wire/renderer-error.ts'
import { Handover } from './handover.ts'
import { KnownLoudness } from './known-loudness.ts'
import { KnownPosition } from './known-position.ts'
import { KnownSink } from './known-sink.ts'
import { NextItem } from './next-item.ts'
import type { Playable } from './playable.ts'
import { type PlaybackNews, PlaybackTracker } from './playback-tracker.ts'
import type { RendererStatus } from './renderer-status.ts'
import { RendererTurns } from './renderer-turns.ts'
import { TransportEvents } from './transport-events.ts'

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

/** One renderer: tells it what to play and knows how far it is. Owns its turns and its subscription. */
export class Renderer {
  readonly name: string
  readonly #options: RendererOptions
  readonly #turns: RendererTurns
  readonly #transport: AvTransport
  readonly #position: KnownPosition
  readonly #sink: KnownSink
  readonly #loudness: KnownLoudness
  readonly #handover: Handover
  readonly #next: NextItem
  readonly #tracker = new PlaybackTracker()
  readonly #events: TransportEvents
  #state: TransportState = 'unknown'

  constructor(options: RendererOptions) {
    const { description, exchange, clock, address } = options
    const { connectionManager, renderingControl, signs } = description
    const client = (service: ServiceAddress): ServiceClient => new ServiceClient(service, exchange)
    this.name = description.friendlyName ?? signs.modelName ?? address
    this.#options = options
    this.#turns = new RendererTurns({
      ...{ name: this.name, clock },
      poll: () => this.#poll(),
      isBusy: () => this.#tracker.playing !== null || this.#state === 'playing',
      onSilence: () => {
        this.#state = 'unknown'
        this.#loudness.forget()
      },
    })
    const transport = new AvTransport(client(description.avTransport))
    this.#transport = transport
    this.#position = new KnownPosition(transport)
    this.#sink = new KnownSink(connectionManager && client(connectionManager))
    const rendering = renderingControl && new RenderingControl(client(renderingControl))
    this.#loudness = new KnownLoudness(rendering, clock)
    const { eventUrl } = description.avTransport
    this.#events = new TransportEvents({ ...options, eventUrl })
    const handover = new Handover({ transport, clock, signal: this.#turns.signal })
    this.#handover = handover
    this.#next = new NextItem({ transport, handover, modelName: signs.modelName ?? '' })
  }

  get status(): RendererStatus {
    const { id, address, description } = this.#options
    const { playing, next, positionMs, durationMs } = this.#tracker
    return {
      ...{ id, name: this.name, address },
      model: description.signs.modelName ?? null,
      manufacturer: description.signs.manufacturer ?? null,
      hasIcon: description.iconUrl !== null,
      lastSeen: this.#turns.seenAt,
      problem: this.#turns.problem,
      playback: {
        ...{ state: this.#state, playing, next, positionMs, durationMs },
        ...this.#loudness.value,
      },
    }
  }

  /** Whether it answers. */
  get isThere(): boolean {
    return this.#turns.isThere
  }

  get description(): RendererDescription {
    return this.#options.description
  }

  start(): void {
    this.#turns.start()
  }

  /** Something has changed; a hint, no more. */
  hint(): void {
    this.#turns.hint()
  }

  /** It has been heard of. */
  seen(): void {
    this.#turns.seen()
  }

  /**
   * Ends polling and its events; the renderer plays on. Returns what it played and how far, and when it
   * has been told.
   */
  close(): { readonly left: ReturnType<PlaybackTracker['end']>; readonly told: Promise<void> } {
    this.#turns.close()
    return { left: this.#tracker.end(), told: this.#events.close() }
  }

  /** @param startAtMs - 0 for the beginning. Rejects with RendererError, as all that follow. */
  play(playable: Playable, startAtMs: number): Promise<void> {
    return this.#turns.command(async () => {
      const media = playable.mediaFor(await this.#sink.read())
      const hasStopped = await this.#handover.makeReady()
      if (hasStopped) this.#leave()
      await this.#handover.hand(media)
      await this.#handover.begin()
      // It may have gone meanwhile: nobody would end its events.
      this.#turns.signal.throwIfAborted()
      const { clock } = this.#options
      this.#tracker.begin({ ...playable.file, url: media.url }, startAtMs, clock.now())
      this.#next.forget()
      this.#position.begin()
      this.#events.listen()
    })
  }

  pause(): Promise<void> {
    return this.#turns.command(() => this.#transport.pause())
  }

  resume(): Promise<void> {
    return this.#turns.command(() => this.#transport.play())
  }

  /** Returns what was played and how far. */
  stop(): Promise<ReturnType<PlaybackTracker['end']>> {
    return this.#turns.command(async () => {
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
    return this.#turns.command(async () => {
      await this.#transport.seek(positionMs)
      this.#tracker.sought(positionMs, this.#options.clock.now())
    })
  }

  /** @param volume - 0 to 100. */
  setVolume(volume: number): Promise<void> {
    return this.#turns.command(() => this.#loudness.setVolume(volume))
  }

  setMute(mute: { readonly muted: boolean }): Promise<void> {
    return this.#turns.command(() => this.#loudness.setMute(mute))
  }

  /** What comes after that which it plays; it is told where it takes that, and told at the end where not. */
  setNext(playable: Playable): Promise<void> {
    return this.#turns.command(async () => {
      if (this.#tracker.playing === null) {
        throw new RendererError('refused', 'plays nothing that something could come after')
      }
      const media = playable.mediaFor(await this.#sink.read())
      await this.#next.set(playable, media)
      this.#tracker.queue({ ...playable.file, url: media.url })
    })
  }

  /** Takes back what was to come after that which it plays. */
  clearNext(): Promise<void> {
    return this.#turns.command(async () => {
      await this.#next.takeBack()
      this.#tracker.queue(null)
    })
  }

  #leave(): ReturnType<PlaybackTracker['end']> {
    const left = this.#tracker.end()
    this.#next.forget()
    if (left !== null && left.positionMs !== null) {
      const { playing, positionMs } = left
      this.#options.onNews({ kind: 'progress', playing, positionMs })
    }
    void this.#events.close()
    return left
  }

  async #poll(): Promise<void> {
    this.#state = await this.#transport.state()
    const facts = await this.#position.read()
    const { clock } = this.#options
    await this.#loudness.refresh()
    if (this.#turns.signal.aborted) return
    const { playable: next } = this.#next
    const news = this.#tracker.observe({ ...facts, state: this.#state, atMs: clock.now() })
    if (this.#tracker.next === null) this.#next.forget()
    for (const one of news) await this.#heed(one, next)
    if (this.#tracker.playing === null) void this.#events.close()
  }

  /** In the turn of a poll: it must not wait for another. */
  async #heed(news: PlaybackNews, next: Playable | null): Promise<void> {
    this.#options.onNews(news)
    try {
      if (news.kind === 'seek') await this.#transport.seek(news.positionMs)
      if (news.kind === 'play-next' && next !== null) this.#playLater(next)
      if (news.kind === 'never-began')
        this.#turns.complain(new RendererError('refused', 'took it and does not begin to play'))
    } catch (error) {
      if (!isRefusal(error)) throw error
      this.#turns.complain(error)
    }
  }

  #playLater(playable: Playable): void {
    // It has complained where that fails.
    void this.play(playable, 0).catch(() => {})
  }
}
