import type { AvTransport, PositionFacts } from '../control/av-transport.ts'
import { isRefusal } from '../wire/renderer-error.ts'

/** GetPositionInfo is not asked for any more. */
const MAX_REFUSALS = 3
const NOTHING: PositionFacts = { positionMs: null, durationMs: null, trackUri: null }

/** How far a renderer is; one that keeps refusing to say so is left alone until it is given something new. */
export class KnownPosition {
  readonly #transport: AvTransport
  #refusals = 0

  constructor(transport: AvTransport) {
    this.#transport = transport
  }

  /** Something else is played. */
  begin(): void {
    this.#refusals = 0
  }

  /** Rejects with RendererError where it does not answer; a refusal is an answer that says nothing. */
  async read(): Promise<PositionFacts> {
    if (this.#refusals >= MAX_REFUSALS) return NOTHING
    try {
      const facts = await this.#transport.position()
      this.#refusals = 0
      return facts
    } catch (error) {
      if (!isRefusal(error)) throw error
      this.#refusals++
      return NOTHING
    }
  }
}
