const HAVE = 4
const REQUEST = 6
const CANCEL = 8
const REJECT = 16
/** Length prefix, id, piece, offset, length (BEP 3). */
const BLOCK_MESSAGE_BYTES = 17
/** Length prefix, id, piece. */
const HAVE_BYTES = 9

/**
 * Short messages of one turn of the event loop, sent as one write: hundreds of small writes through
 * webtorrent's pipes cost more than the blocks that they ask for.
 */
export class Outbox {
  readonly #send: (messages: Uint8Array) => void
  #buffer = new Uint8Array(64 * BLOCK_MESSAGE_BYTES)
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

  /** BEP 6. */
  reject(piece: number, offset: number, length: number): void {
    this.#add(REJECT, piece, offset, length)
  }

  have(piece: number): void {
    const view = this.#open(HAVE, HAVE_BYTES)
    view.setUint32(5, piece)
  }

  #add(id: number, piece: number, offset: number, length: number): void {
    const view = this.#open(id, BLOCK_MESSAGE_BYTES)
    view.setUint32(5, piece)
    view.setUint32(9, offset)
    view.setUint32(13, length)
  }

  /** Room for one message, with its length and id in place. */
  #open(id: number, bytes: number): DataView {
    if (this.#used === 0) queueMicrotask(() => this.#flush())
    if (this.#used + bytes > this.#buffer.length) {
      const larger = new Uint8Array(this.#buffer.length * 2)
      larger.set(this.#buffer)
      this.#buffer = larger
    }
    const view = new DataView(this.#buffer.buffer, this.#used, bytes)
    view.setUint32(0, bytes - 4)
    view.setUint8(4, id)
    this.#used += bytes
    return view
  }

  #flush(): void {
    // A copy: webtorrent keeps what it is given until the socket has taken it.
    const messages = this.#buffer.slice(0, this.#used)
    this.#used = 0
    this.#send(messages)
  }
}
