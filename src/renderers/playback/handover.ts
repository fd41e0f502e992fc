import { type Clock, sleep } from '../../clock.ts'
import type { AvTransport } from '../control/av-transport.ts'
import type { TransportState } from '../control/transport-text.ts'
import type { PushedMedia } from '../media/pushed-media.ts'
import { isRefusal, RendererError } from '../wire/renderer-error.ts'

/** What stops before something else is played has so long to do so. */
const STOP_MS = 3_000
const STOP_POLL_MS = 250
/** Some have to take in the URL before they are told to play. */
const BEFORE_PLAY_MS = 50
/** A renderer that answers this refusal to Play is asked once more: it was not ready yet. */
const TRANSITION_NOT_AVAILABLE = 701
const PLAY_AGAIN_MS = 700

export interface HandoverOptions {
  readonly transport: AvTransport
  readonly clock: Clock
  /** Ends all waiting. */
  readonly signal: AbortSignal
}

/** Gives a renderer something to play, in the way that the most of them can stand. All reject with RendererError. */
export class Handover {
  readonly #options: HandoverOptions

  constructor(options: HandoverOptions) {
    this.#options = options
  }

  /** What plays is stopped first: some take no other URL before. Returns whether something was. */
  async makeReady(): Promise<boolean> {
    const { transport } = this.#options
    const state = await this.#state()
    if (state === 'stopped' || state === 'unknown') return false
    try {
      await transport.stop()
    } catch (error) {
      if (!isRefusal(error)) throw error
    }
    for (let waited = 0; waited < STOP_MS; waited += STOP_POLL_MS) {
      if ((await this.#state()) === 'stopped') break
      await this.#wait(STOP_POLL_MS)
    }
    return true
  }

  /** With everything that is known of it, and with less where that is refused. */
  async hand({ url, metadata, mimeType, isListed, obstacles }: PushedMedia): Promise<void> {
    let refusal: RendererError | null = null
    for (const form of metadata) {
      try {
        await this.#options.transport.setUri(url, form)
        return
      } catch (error) {
        if (!isRefusal(error)) throw error
        refusal ??= error
      }
    }
    const reason = refusal?.message ?? 'refuses it'
    const unlisted = isListed ? [] : [`${mimeType} is not among what it says that it plays`]
    const guesses = obstacles.map((obstacle) => `perhaps because ${obstacle}`)
    throw new RendererError('refused', [reason, ...unlisted, ...guesses].join('; '), {
      upnpCode: refusal?.upnpCode ?? null,
      cause: refusal,
    })
  }

  /** Where this is refused in every form, it is to be handed over at the end. */
  async handNext({ url, metadata }: PushedMedia): Promise<void> {
    for (const form of metadata) {
      try {
        await this.#options.transport.setNextUri(url, form)
        return
      } catch (error) {
        if (!isRefusal(error)) throw error
      }
    }
  }

  /** One that refuses this goes on by itself, which is seen then. */
  async takeBackNext(): Promise<void> {
    try {
      await this.#options.transport.setNextUri('', '')
    } catch (error) {
      if (!isRefusal(error)) throw error
    }
  }

  /** A refusal to play is none where it plays. */
  async begin(): Promise<void> {
    const { transport } = this.#options
    await this.#wait(BEFORE_PLAY_MS)
    try {
      await transport.play()
    } catch (error) {
      if (!isRefusal(error)) throw error
      if (await this.#hasBegun()) return
      await this.#wait(PLAY_AGAIN_MS)
      if (await this.#hasBegun()) return
      if (error.upnpCode !== TRANSITION_NOT_AVAILABLE) throw error
      await transport.play()
    }
  }

  async #hasBegun(): Promise<boolean> {
    const state = await this.#state()
    return state === 'playing' || state === 'transitioning'
  }

  /** One that does not tell its state may play all the same. */
  async #state(): Promise<TransportState> {
    try {
      return await this.#options.transport.state()
    } catch (error) {
      if (isRefusal(error)) return 'unknown'
      throw error
    }
  }

  #wait(ms: number): Promise<void> {
    return sleep(this.#options.clock, ms, this.#options.signal)
  }
}
