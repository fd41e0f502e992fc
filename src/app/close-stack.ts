import type { Logger } from '../log.ts'

type Closer = () => Promise<void>

/** What has been started, to be closed in reverse. */
export class CloseStack {
  readonly #closers: { readonly name: string; readonly close: Closer }[] = []
  readonly #log: Logger
  readonly #ending: AbortSignal | null
  #closed: Promise<void> | null = null

  /** @param ending - Aborted where nothing more is to be started: a start ends then at its next part. */
  constructor(log: Logger, ending: AbortSignal | null = null) {
    this.#log = log
    this.#ending = ending
  }

  /** Owns a part from here on. Throws, once it does, the reason for which nothing more is to be started. */
  push(name: string, close: Closer): void {
    this.#closers.push({ name, close })
    this.#ending?.throwIfAborted()
  }

  /** Closes all, also after one of them has failed, which is logged. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll()
    return this.#closed
  }

  async #closeAll(): Promise<void> {
    for (const { name, close } of this.#closers.toReversed()) {
      try {
        await close()
        this.#log.debug({ part: name }, 'closed')
      } catch (error) {
        this.#log.error({ err: error, part: name }, 'not closed properly')
      }
    }
  }
}
