import type { AvTransport } from '../control/av-transport.ts'
import type { PushedMedia } from '../media/pushed-media.ts'
import type { Handover } from './handover.ts'
import type { Playable } from './playable.ts'

/** Where it goes on by itself while it is asked for its position, gmediarender 0.1 never answers again. */
const HANGS_AT_NEXT = /^gmediarender$/i

export interface NextItemOptions {
  readonly transport: AvTransport
  readonly handover: Handover
  /** Of the renderer. */
  readonly modelName: string
}

/**
 * What is played after that which plays: the renderer is told of it where it takes that (AVTransport:1, 2.4.2), and
 * it is kept for the end, where a renderer does not go on by itself. All reject with RendererError.
 */
export class NextItem {
  readonly #options: NextItemOptions
  #playable: Playable | null = null

  constructor(options: NextItemOptions) {
    this.#options = options
  }

  get playable(): Playable | null {
    return this.#playable
  }

  async set(playable: Playable, media: PushedMedia): Promise<void> {
    if (await this.#isTaken()) await this.#options.handover.handNext(media)
    this.#playable = playable
  }

  async takeBack(): Promise<void> {
    if (this.#playable !== null && (await this.#isTaken())) {
      await this.#options.handover.takeBackNext()
    }
    this.#playable = null
  }

  /** It has been played, or what it was to come after is over. */
  forget(): void {
    this.#playable = null
  }

  async #isTaken(): Promise<boolean> {
    const { modelName, transport } = this.#options
    return !HANGS_AT_NEXT.test(modelName) && (await transport.takesNext())
  }
}
