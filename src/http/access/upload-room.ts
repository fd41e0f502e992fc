import type { IncomingMessage } from 'node:http'
import { ApiError } from '../messages/api-error.ts'

/** Bodies up to this need no room of their own: magnets, and nearly all torrent files. */
const SMALL_BYTES = 1024 * 1024
/** How long a large body waits for those before it. */
const PATIENCE_MS = 30_000
const RETRY_AFTER_SECONDS = 10

interface Waiting {
  readonly bytes: number
  readonly enter: () => void
}

/**
 * Bounds the memory of large request bodies that are read at once. One for which there is no room is
 * not read: its client is held up by TCP until it may go on.
 */
export class UploadRoom {
  readonly #bytes: number
  readonly #patienceMs: number
  #free: number
  #waiting: Waiting[] = []

  /** @param bytes - Of all bodies together; that of one is taken for no more. */
  constructor(bytes: number, patienceMs = PATIENCE_MS) {
    this.#bytes = bytes
    this.#patienceMs = patienceMs
    this.#free = bytes
  }

  /**
   * Reads and uses a body. Rejects as `work` does; with ApiError 503 where no room becomes free in
   * time, 400 where the client leaves before.
   */
  async run<Result>(request: IncomingMessage, work: () => Promise<Result>): Promise<Result> {
    const bytes = this.#room(request)
    if (bytes === 0) return await work()
    if (this.#waiting.length > 0 || bytes > this.#free) await this.#wait(request, bytes)
    else this.#free -= bytes
    try {
      return await work()
    } finally {
      this.#free += bytes
      this.#admit()
    }
  }

  /** A body of unknown length may be the largest. */
  #room(request: IncomingMessage): number {
    const told = request.headers['content-length']
    const length = told === undefined ? this.#bytes : Number(told)
    const isNone = told === undefined && request.headers['transfer-encoding'] === undefined
    return isNone || length <= SMALL_BYTES ? 0 : Math.min(length, this.#bytes)
  }

  async #wait(request: IncomingMessage, bytes: number): Promise<void> {
    let giveUp = (): void => {}
    try {
      await new Promise<void>((resolve, reject) => {
        const waiting = { bytes, enter: resolve }
        const left = (): void => reject(new ApiError(400, 'the body ended early'))
        const timer = setTimeout(() => reject(busy()), this.#patienceMs)
        request.once('close', left)
        this.#waiting.push(waiting)
        giveUp = () => {
          clearTimeout(timer)
          request.off('close', left)
          this.#waiting = this.#waiting.filter((other) => other !== waiting)
        }
      })
    } finally {
      giveUp()
      this.#admit()
    }
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.bytes > this.#free) return
      this.#waiting.shift()
      this.#free -= next.bytes
      next.enter()
    }
  }
}

function busy(): ApiError {
  return new ApiError(503, 'too many large uploads at once', {
    headers: { 'Retry-After': RETRY_AFTER_SECONDS },
  })
}
