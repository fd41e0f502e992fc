/** A line of the log, before it is text. */
export interface LogRecord {
  readonly level: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly message: string
  /** Those of the logger that wrote it among them; an error is `err`. */
  readonly facts: Readonly<Record<string, unknown>>
}

/** Older ones are forgotten. */
const MAX_RECENT = 300

/** Passes on what is logged, also below the level of the log, to whoever listens; keeps the latest of what was worth keeping. */
export class LogFeed {
  readonly #listeners = new Set<(record: LogRecord) => void>()
  #recent: LogRecord[] = []

  get isHeard(): boolean {
    return this.#listeners.size > 0
  }

  /** What was said last and kept, the oldest first. */
  get recent(): readonly LogRecord[] {
    return this.#recent.slice(-MAX_RECENT)
  }

  /** Until the returned function is called. */
  subscribe(listener: (record: LogRecord) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  tell(said: Omit<LogRecord, 'at'>, { keep = false }: { readonly keep?: boolean } = {}): void {
    const record = { ...said, at: Date.now() }
    if (keep) this.#recent.push(record)
    if (this.#recent.length > 2 * MAX_RECENT) this.#recent = this.#recent.slice(-MAX_RECENT)
    for (const listener of [...this.#listeners]) listener(record)
  }
}
