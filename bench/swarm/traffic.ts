import { BLOCK_LENGTH } from './content.ts'

/** What the swarm has seen since the last reset. */
export interface Traffic {
  /** Peers with a finished handshake, at this moment. */
  readonly connected: number
  /** Connections whose other side has declared interest. */
  readonly interested: number
  readonly requests: number
  /** CANCEL messages received. */
  readonly cancels: number
  /** CANCELs that came before the block had left. */
  readonly honouredCancels: number
  readonly sentBytes: number
  /** Bytes of blocks that had been sent before, by any peer. */
  readonly duplicateBytes: number
  /** The part of `duplicateBytes` in the film's first 2 MiB. */
  readonly headDuplicateBytes: number
  /** Bytes by peer, in the order of the plan. */
  readonly sentByPeer: readonly number[]
}

const HEAD_LENGTH = 2 * 1_048_576

/** Counts what a swarm sends, and which blocks it sends again. */
export class TrafficCounter {
  connected = 0
  interested = 0
  requests = 0
  cancels = 0
  honouredCancels = 0
  #sentBytes = 0
  #duplicateBytes = 0
  #headDuplicateBytes = 0
  readonly #sentByPeer: number[]
  readonly #sentBlocks: Uint8Array

  constructor(peerCount: number, length: number) {
    this.#sentByPeer = Array.from({ length: peerCount }, () => 0)
    this.#sentBlocks = new Uint8Array(Math.ceil(length / BLOCK_LENGTH))
  }

  /** @param offset of the block in the film, in bytes */
  countSent(peer: number, offset: number, length: number): void {
    this.#sentBytes += length
    this.#sentByPeer[peer] = (this.#sentByPeer[peer] ?? 0) + length
    const block = Math.floor(offset / BLOCK_LENGTH)
    // Less than a block is asked for beside the whole.
    if (length === BLOCK_LENGTH && this.#sentBlocks[block] === 0) {
      this.#sentBlocks[block] = 1
      return
    }
    this.#duplicateBytes += length
    if (offset < HEAD_LENGTH) this.#headDuplicateBytes += length
  }

  snapshot(): Traffic {
    return {
      connected: this.connected,
      interested: this.interested,
      requests: this.requests,
      cancels: this.cancels,
      honouredCancels: this.honouredCancels,
      sentBytes: this.#sentBytes,
      duplicateBytes: this.#duplicateBytes,
      headDuplicateBytes: this.#headDuplicateBytes,
      sentByPeer: [...this.#sentByPeer],
    }
  }
}
