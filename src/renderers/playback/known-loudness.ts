import type { Clock } from '../../clock.ts'
import type { Loudness, RenderingControl } from '../control/rendering-control.ts'
import { RendererError } from '../wire/renderer-error.ts'

const NOTHING_HEARD: Loudness = { volume: null, muted: null }
/** Somebody turns it up at the renderer now and then, and not often. */
const FRESH_MS = 5_000

/** How loud a renderer is, as it told last. All reject with RendererError. */
export class KnownLoudness {
  readonly #rendering: RenderingControl | null
  readonly #clock: Clock
  #loudness = NOTHING_HEARD
  #readAtMs = Number.NEGATIVE_INFINITY

  /** @param rendering - `null` where it cannot be asked. */
  constructor(rendering: RenderingControl | null, clock: Clock) {
    this.#rendering = rendering
    this.#clock = clock
  }

  get value(): Loudness {
    return this.#loudness
  }

  /** Asks, unless it has been asked a moment ago. */
  async refresh(): Promise<void> {
    const now = this.#clock.now()
    if (this.#rendering === null || now - this.#readAtMs < FRESH_MS) return
    this.#readAtMs = now
    this.#loudness = await this.#rendering.loudness()
  }

  forget(): void {
    this.#loudness = NOTHING_HEARD
    this.#readAtMs = Number.NEGATIVE_INFINITY
  }

  /** @param volume - 0 to 100. */
  async setVolume(volume: number): Promise<void> {
    await this.#needed.setVolume(volume)
    this.#loudness = { ...this.#loudness, volume: Math.round(volume) }
    this.#readAtMs = Number.NEGATIVE_INFINITY
  }

  async setMute(mute: { readonly muted: boolean }): Promise<void> {
    await this.#needed.setMute(mute)
    this.#loudness = { ...this.#loudness, ...mute }
    this.#readAtMs = Number.NEGATIVE_INFINITY
  }

  get #needed(): RenderingControl {
    if (this.#rendering !== null) return this.#rendering
    throw new RendererError('unsupported', 'has no volume that can be set from here')
  }
}
