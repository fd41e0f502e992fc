import { RendererError } from '../wire/renderer-error.ts'
import type { ServiceClient } from './service-client.ts'

export interface Loudness {
  /** 0 to 100; `null` where it does not tell. */
  readonly volume: number | null
  readonly muted: boolean | null
}

const MASTER = [
  ['InstanceID', 0],
  ['Channel', 'Master'],
] as const
const POLL_TIMEOUT_MS = 5_000
const DEFAULT_RANGE = { minimum: 0, maximum: 100 }

/** RenderingControl:1, 2.4, in hundredths of whatever range the renderer has. All reject with RendererError. */
export class RenderingControl {
  readonly #service: ServiceClient

  constructor(service: ServiceClient) {
    this.#service = service
  }

  /** What one of both actions refuses is not known; the other may still be. */
  async loudness(): Promise<Loudness> {
    const volume = await this.#ask('GetVolume', 'CurrentVolume')
    const muted = await this.#ask('GetMute', 'CurrentMute')
    const { minimum, maximum } = await this.#range()
    const level = volume === null ? Number.NaN : Number.parseInt(volume, 10)
    const share = (level - minimum) / (maximum - minimum)
    return {
      volume: Number.isNaN(share) ? null : Math.round(Math.min(1, Math.max(0, share)) * 100),
      muted: muted === null ? null : /^(?:1|true|yes)$/i.test(muted.trim()),
    }
  }

  /** @param volume - 0 to 100. */
  async setVolume(volume: number): Promise<void> {
    const { minimum, maximum } = await this.#range()
    const level = Math.round(minimum + (volume / 100) * (maximum - minimum))
    await this.#service.invoke('SetVolume', [...MASTER, ['DesiredVolume', level]])
  }

  async setMute({ muted }: { readonly muted: boolean }): Promise<void> {
    await this.#service.invoke('SetMute', [...MASTER, ['DesiredMute', muted ? 1 : 0]])
  }

  async #range(): Promise<{ readonly minimum: number; readonly maximum: number }> {
    return (await this.#service.facts()).ranges.get('Volume') ?? DEFAULT_RANGE
  }

  async #ask(action: string, output: string): Promise<string | null> {
    try {
      const outputs = await this.#service.invoke(action, MASTER, { timeoutMs: POLL_TIMEOUT_MS })
      return outputs.get(output) ?? null
    } catch (error) {
      if (error instanceof RendererError && error.kind !== 'refused') throw error
      return null
    }
  }
}
