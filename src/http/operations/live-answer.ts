import type { ServerResponse } from 'node:http'
import type { RouterContext } from '@koa/router'
import { nextTurn } from '../../concurrency/next-turn.ts'
import { ApiError } from '../messages/api-error.ts'
import { FairShares } from '../messages/fair-shares.ts'
import { clientAddress } from '../messages/forwarded.ts'

/** Pages and programs that follow along, each for hours. */
const LIMITS = { perAddress: 16, inAll: 64 }
/** Who has not taken so much of what was written is not reading. */
const MAX_UNREAD_BYTES = 1024 * 1024
const RETRY_AFTER_SECONDS = 30
const CHUNK_CHARACTERS = 48 * 1024

/** An answer that goes on until the client leaves, or does not read what it is sent. */
export class LiveAnswer {
  readonly #response: ServerResponse

  constructor(response: ServerResponse) {
    this.#response = response
  }

  /** Writes what is too long for one go, as fast as the client takes it. Resolves also when it leaves. */
  async writeAll(parts: Iterable<string>): Promise<void> {
    let chunk = ''
    for (const part of parts) {
      chunk += part
      if (chunk.length < CHUNK_CHARACTERS) continue
      await this.#taken(chunk)
      // What the system takes at once is no reason to make all of it at once.
      await nextTurn()
      if (this.#response.destroyed) return
      chunk = ''
    }
    if (chunk !== '') await this.#taken(chunk)
  }

  end(): void {
    this.#response.destroy()
  }

  #taken(chunk: string): Promise<void> {
    // The callback is called as well where the client has left.
    return new Promise((resolve) => {
      this.#response.write(chunk, () => resolve())
    })
  }

  write(text: string): void {
    if (this.#response.destroyed) return
    this.#response.write(text)
    if (this.#response.writableLength > MAX_UNREAD_BYTES) this.#response.destroy()
  }
}

/** Gives out live answers, so many to an address and in all. */
export class LiveAnswers {
  readonly #shares = new FairShares(LIMITS)
  readonly #trustProxy: boolean

  constructor(trustProxy: boolean) {
    this.#trustProxy = trustProxy
  }

  /** `onClose` is called once, when it ends. Throws ApiError 503 where there are too many. */
  open(context: RouterContext, type: string, onClose: () => void): LiveAnswer {
    const { req: request, res: response } = context
    const end = (): void => {
      request.socket.destroy()
    }
    const giveBack = this.#shares.take(clientAddress(request, this.#trustProxy), 1, end)
    if (giveBack === null) {
      const headers = { 'Retry-After': RETRY_AFTER_SECONDS }
      throw new ApiError(503, 'too many are following along', { headers })
    }
    context.respond = false
    // One that has ended its side has left: nothing else would tell as long as nothing is written.
    request.socket.once('end', end)
    response.once('close', () => {
      request.socket.off('end', end)
      giveBack()
      onClose()
    })
    response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' })
    response.flushHeaders()
    return new LiveAnswer(response)
  }
}
