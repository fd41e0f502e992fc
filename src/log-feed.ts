/** A line of the log, before it is text. */
export interface LogRecord {
  readonly level: string
  readonly message: string
  /** Those of the logger that wrote it among them; an error is `err`. */
  readonly facts: Readonly<Record<string, unknown>>
}

/** Passes on what is logged, also below the level of the log, to whoever listens. */
export class LogFeed {
  readonly #listeners = new Set<(record: LogRecord) => void>()

  get isHeard(): boolean {
    return this.#listeners.size > 0
  }

  /** Until the returned function is called. */
  subscribe(listener: (record: LogRecord) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  tell(record: LogRecord): void {
    for (const listener of [...this.#listeners]) listener(record)
  }
}
