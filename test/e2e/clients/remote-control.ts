import type { Tributary } from '../lab/tributary.ts'
import { waitFor } from '../lab/wait-for.ts'

export interface ToldRenderer {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly problem: string | null
  readonly playback: {
    readonly state: string
    readonly info_hash: string | null
    readonly file_idx: number | null
    readonly position_s: number | null
    readonly duration_s: number | null
    readonly volume: number | null
    readonly muted: boolean | null
    readonly next: { readonly file_idx: number } | null
  }
}

/** How far it may have played before we look. */
const TOLERANCE_SECONDS = 8

/** One renderer, told by our server's API what to play. */
export class RemoteControl {
  readonly #server: Tributary
  readonly #id: string

  /** Waits until the server has found a renderer with this name. */
  static async find(server: Tributary, name: string): Promise<RemoteControl> {
    const { id } = await waitFor(`the renderer ${name}`, async () => {
      const { renderers } = await server.call<{ renderers: ToldRenderer[] }>('/renderers')
      return renderers.find((one) => one.name.includes(name))
    })
    return new RemoteControl(server, id)
  }

  private constructor(server: Tributary, id: string) {
    this.#server = server
    this.#id = id
  }

  /** @throws Error with the answer unless it is 2xx */
  async tell(command: string, body: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#server.call(`/renderers/${encodeURIComponent(this.#id)}/${command}`, {
      method: 'POST',
      body: JSON.stringify(body),
      contentType: 'application/json',
    })
  }

  async told(): Promise<ToldRenderer> {
    const { renderers } = await this.#server.call<{ renderers: ToldRenderer[] }>('/renderers')
    const told = renderers.find(({ id }) => id === this.#id)
    if (told === undefined) throw new Error('the renderer is gone')
    return told
  }

  async waitForPlayback(expected: Partial<ToldRenderer['playback']>): Promise<void> {
    await waitFor(`the renderer to be told as ${JSON.stringify(expected)}`, async () => {
      const { playback } = await this.told()
      return Object.entries(expected).every(
        ([name, value]) => Reflect.get(playback, name) === value,
      )
    })
  }

  /** Waits until it plays between `seconds` and so many later. */
  async timePasses(seconds: number, tolerance = TOLERANCE_SECONDS): Promise<void> {
    await waitFor(`the renderer to play at ${seconds} s`, async () => {
      const { position_s: position, state } = (await this.told()).playback
      return (
        state === 'playing' &&
        position !== null &&
        position > seconds &&
        position < seconds + tolerance
      )
    })
  }
}
