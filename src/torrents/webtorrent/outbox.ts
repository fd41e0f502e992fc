const REQUEST = 6
const CANCEL = 8
/** Length prefix, id, piece, offset, length (BEP 3). */
const MESSAGE_BYTES = 17

/**
 * Requests and cancels of one turn of the event loop, sent as one write: hundreds of small writes
 * through webtorrent's pipes cost more than the blocks that they ask for.
 */
export class Outbox {
  readonly #send: (messages: Uint8Array) => void
  #buffer = new Uint8Array(64 * MESSAGE_BYTES)
  #used = 0

  constructor(send: (messages: Uint8Array) => void) {
    this.#send = send
  }

  request(piece: number, offset: number, length: number): void {
    this.#add(REQUEST, piece, offset, length)
  }

  cancel(piece: number, offset: number, length: number): void {
    this.#add(CANCEL, piece, offset, length)
  }

  #add(id: number, piece: number, offset: number, length: number): void {
    if (this.#used === 0) queueMicrotask(() => this.#flush())
    if (this.#used + MESSAGE_BYTES > this.#buffer.length) {
      const larger = new Uint8Array(this.#buffer.length * 2)
      larger.set(this.#buffer)
      this.#buffer = larger
    }
    const view = new DataView(this.#buffer.buffer, this.#used, MESSAGE_BYTES)
    view.setUint32(0, MESSAGE_BYTES - 4)
    view.setUint8(4, id)
    view.setUint32(5, piece)
    view.setUint32(9, offset)
    view.setUint32(13, length)
    this.#used += MESSAGE_BYTES
  }

  #flush(): void {
    // A copy: webtorrent keeps what it is given until the socket has taken it.
    const messages = this.#buffer.slice(0, this.#used)
    this.#used = 0
    this.#send(messages)
  }
}
