import type { Clock } from '../../clock.ts'
import { asRendererError, RendererError } from '../wire/renderer-error.ts'
import { CommandQueue } from './command-queue.ts'
import { Poller } from './poller.ts'
import { RendererHealth } from './renderer-health.ts'
import type { RendererProblem } from './renderer-status.ts'

export interface RendererTurnsOptions {
  /** As people call it; all problems begin with it. */
  readonly name: string
  readonly clock: Clock
  /** Asks how it is. Rejects with RendererError where it does not say. */
  readonly poll: () => Promise<void>
  /** Whether much may change soon. */
  readonly isBusy: () => boolean
  /** It does not answer any more; what was known of it is not true any more. */
  readonly onSilence: () => void
}

/**
 * Whose turn it is with one renderer: commands go in their order, and it is asked how it is when none waits. What it
 * does not do is its problem for a while. Owns the polling.
 */
export class RendererTurns {
  readonly #options: RendererTurnsOptions
  readonly #health: RendererHealth
  readonly #queue = new CommandQueue()
  readonly #poller: Poller
  readonly #closing = new AbortController()

  constructor(options: RendererTurnsOptions) {
    this.#options = options
    this.#health = new RendererHealth(options.clock)
    this.#poller = new Poller({ clock: options.clock, poll: () => this.#pollInTurn() })
  }

  /** Aborted with a RendererError once it is closed. */
  get signal(): AbortSignal {
    return this.#closing.signal
  }

  /** Whether it answers. */
  get isThere(): boolean {
    return this.#health.isThere
  }

  get seenAt(): Date {
    return this.#health.seenAt
  }

  get problem(): RendererProblem | null {
    const { problem } = this.#health
    return problem && { ...problem, text: `${this.#options.name} ${problem.text}` }
  }

  start(): void {
    this.#poller.start()
  }

  /** Something may have changed. */
  hint(): void {
    this.#poller.soon()
  }

  /** It has been heard of. */
  seen(): void {
    this.#health.seen()
  }

  /** Ends polling; commands that wait are rejected. */
  close(): void {
    this.#closing.abort(new RendererError('unknown', 'is not there any more'))
    this.#poller.close()
  }

  /** It did not do what it was told without being asked for it. */
  complain({ kind, message }: RendererError): void {
    this.#health.complain(kind, message)
  }

  /** Tells it something in its turn. Rejects with RendererError, which names it. */
  async command<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      const result = await this.#queue.run(() => {
        this.signal.throwIfAborted()
        return work()
      })
      this.#health.calm()
      this.#health.answered()
      return result
    } catch (error) {
      const cause = asRendererError(error)
      this.complain(cause)
      throw this.#named(cause)
    } finally {
      this.#poller.soon()
    }
  }

  #named(cause: RendererError): RendererError {
    const { kind, message, upnpCode } = cause
    return new RendererError(kind, `${this.#options.name} ${message}`, { upnpCode, cause })
  }

  /** Not while it is told something: what it says then is about something else. Tells how soon to ask again. */
  async #pollInTurn(): Promise<'often' | 'seldom' | 'rarely'> {
    if (this.#queue.isIdle) {
      try {
        await this.#queue.run(this.#options.poll)
        this.#health.answered()
      } catch (error) {
        this.#health.failed(asRendererError(error))
        if (!this.#health.isThere) this.#options.onSilence()
      }
    }
    if (!this.#health.isThere) return 'rarely'
    return this.#options.isBusy() || this.#health.isDoubtful ? 'often' : 'seldom'
  }
}
