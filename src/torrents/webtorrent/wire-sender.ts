import type { Wire } from 'webtorrent'

/**
 * What a peer has not taken yet, beside a bitfield: haves, rejections, keep-alives, pieces of metadata, and
 * blocks, which wait for room by themselves. Whoever lets more pile up is dropped.
 */
const MAX_UNSENT_BYTES = 512 * 1024
/** Each costs some 300 bytes, however short it is. */
const MAX_UNSENT_PARTS = 1_000

/** There is room for more where less waits for the socket. */
export const ROOM_BYTES = 32 * 1024

/** Watches what goes out on a wire: bounds what waits, and tells when there is room again. */
export class WireSender {
  readonly #wire: Wire
  readonly #callbacks: (() => void)[] = []
  #mostBytes = MAX_UNSENT_BYTES
  #pushedBytes = 0

  constructor(wire: Wire) {
    this.#wire = wire
    const push = wire._push.bind(wire)
    wire._push = (bytes) => {
      if (this.#isClogged()) {
        wire.destroy()
        return false
      }
      this.#pushedBytes += bytes.length
      return push(bytes)
    }
    // The stream asks for more where it holds less.
    wire._readableState.highWaterMark = ROOM_BYTES
    wire._read = (callback) => {
      for (const tell of this.#callbacks) tell()
      callback(null)
    }
  }

  /** Bytes that the socket has not taken. */
  get unsentBytes(): number {
    return this.#wire._readableState.buffered
  }

  /** Bytes that the socket has taken, so far. */
  get takenBytes(): number {
    return this.#pushedBytes - this.unsentBytes
  }

  /** `tell` is called after each message once less than `ROOM_BYTES` wait. */
  onRoom(tell: () => void): void {
    this.#callbacks.push(tell)
  }

  /** A message of `bytes` that is longer than others is on its way: it does not count. */
  allow(bytes: number): void {
    this.#mostBytes = MAX_UNSENT_BYTES + bytes
  }

  #isClogged(): boolean {
    const { buffered, queue } = this.#wire._readableState
    return buffered > this.#mostBytes || queue.length > MAX_UNSENT_PARTS
  }
}
