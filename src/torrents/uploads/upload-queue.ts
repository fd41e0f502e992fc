/** Longer blocks are refused, as by others. */
export const MAX_REQUEST_BYTES = 128 * 1024
/** Requests that a peer may let stand open; it is told so (`reqq`). */
export const OPEN_REQUESTS = 250
/** Those that were sent before it was told. */
const MAX_OPEN_REQUESTS = 2 * OPEN_REQUESTS

export interface BlockRequest {
  readonly piece: number
  readonly offset: number
  readonly length: number
}

/** What there is to upload. */
export interface Offer {
  has(piece: number): boolean
  /** Bytes; only of pieces that it has. */
  lengthOf(piece: number): number
}

/** True where the block lies inside a piece that is offered, and is no longer than is usual. */
export function isServable({ piece, offset, length }: BlockRequest, offer: Offer | null): boolean {
  if (offer === null || length === 0 || length > MAX_REQUEST_BYTES || !offer.has(piece))
    return false
  return offset + length <= offer.lengthOf(piece)
}

/** A peer's requests that no answer is being read for yet, first come first served. */
export class UploadQueue {
  #requests: BlockRequest[] = []

  get isEmpty(): boolean {
    return this.#requests.length === 0
  }

  /** False where there are too many. */
  add(request: BlockRequest): boolean {
    if (this.#requests.length >= MAX_OPEN_REQUESTS) return false
    this.#requests.push(request)
    return true
  }

  /** True where it was there. */
  remove({ piece, offset, length }: BlockRequest): boolean {
    const index = this.#requests.findIndex(
      (other) => other.piece === piece && other.offset === offset && other.length === length,
    )
    if (index >= 0) this.#requests.splice(index, 1)
    return index >= 0
  }

  /** The next one where `isWelcome`; it stays where it is not. */
  take(isWelcome: (request: BlockRequest) => boolean): BlockRequest | null {
    const [first] = this.#requests
    if (first === undefined || !isWelcome(first)) return null
    this.#requests.shift()
    return first
  }

  /** Empties it. */
  drain(): readonly BlockRequest[] {
    const requests = this.#requests
    this.#requests = []
    return requests
  }
}
