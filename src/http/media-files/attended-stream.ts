import type { Socket } from 'node:net'
import type { StreamPort } from '../messages/session-port.ts'

/** How long a read may take once the client has ended its side of the connection. */
const PATIENCE_MS = 20

/**
 * A stream that lives as long as somebody takes its bytes. A client that has ended its side has
 * either left, or said all that it had to say (as some do right after their request) and still
 * listens: as long as bytes flow, its answers to them will tell. Nothing tells while a piece is
 * being waited for; the stream is closed then.
 */
export class AttendedStream implements StreamPort {
  readonly #stream: StreamPort
  readonly #socket: Socket
  #isReading = false
  #timer: NodeJS.Timeout | undefined

  constructor(stream: StreamPort, socket: Socket) {
    this.#stream = stream
    this.#socket = socket
    socket.once('end', this.#doubt)
    // A response that is queued behind another on its connection never closes by itself.
    socket.once('close', this.close)
  }

  readNow(buffer: Uint8Array): Promise<number | null> {
    return this.#attended(() => this.#stream.readNow(buffer))
  }

  whenReadable(): Promise<void> {
    return this.#attended(() => this.#stream.whenReadable())
  }

  close = (): void => {
    this.#socket.off('end', this.#doubt).off('close', this.close)
    clearTimeout(this.#timer)
    this.#stream.close()
  }

  async #attended<T>(wait: () => Promise<T>): Promise<T> {
    this.#isReading = true
    if (this.#socket.readableEnded) this.#doubt()
    try {
      return await wait()
    } finally {
      this.#isReading = false
      clearTimeout(this.#timer)
    }
  }

  #doubt = (): void => {
    if (this.#isReading) this.#timer = setTimeout(this.close, PATIENCE_MS)
  }
}
