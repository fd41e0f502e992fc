import type { Logger } from '../log.ts'

type Closer = () => Promise<void>

/** What has been started, to be closed in reverse. */
export class CloseStack {
  readonly #closers: { readonly name: string; readonly close: Closer }[] = []
  readonly #log: Logger
  #closed: Promise<void> | null = null

  constructor(log: Logger) {
    this.#log = log
  }

  push(name: string, close: Closer): void {
    this.#closers.push({ name, close })
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
