import type { ServiceClient } from '../control/service-client.ts'
import { parseSink, type SinkEntry } from '../media/sink.ts'
import { isRefusal } from '../wire/renderer-error.ts'

const TIMEOUT_MS = 3_000

/** What a renderer says that it plays (ConnectionManager:1, 2.4.1). */
export class KnownSink {
  readonly #connectionManager: ServiceClient | null
  #entries: readonly SinkEntry[] | null = null

  constructor(connectionManager: ServiceClient | null) {
    this.#connectionManager = connectionManager
  }

  /** Asks once; where it cannot be read, it is empty: everything is believed to be played. Never rejects. */
  async read(): Promise<readonly SinkEntry[]> {
    if (this.#entries !== null) return this.#entries
    if (this.#connectionManager === null) return []
    const options = { timeoutMs: TIMEOUT_MS }
    try {
      const outputs = await this.#connectionManager.invoke('GetProtocolInfo', [], options)
      this.#entries = parseSink(outputs.get('Sink') ?? '')
    } catch (error) {
      if (!isRefusal(error)) return []
      this.#entries = []
    }
    return this.#entries
  }
}
