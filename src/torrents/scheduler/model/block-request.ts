import type { OpenPiece } from './downloading-piece.ts'
import type { Wire } from './wire.ts'

/** `copy`: a second copy to compare with; `background`: nobody waits for it. */
export type RequestPurpose = 'stream' | 'copy' | 'background'

/** One block asked of one wire. */
export class BlockRequest {
  readonly wire: Wire
  readonly piece: OpenPiece
  /** Within the piece. */
  readonly block: number
  /** In the torrent. */
  readonly index: number
  readonly length: number
  readonly purpose: RequestPurpose
  /** In ms. */
  readonly sentAt: number
  /** How many requests stood before it in the wire's queue when it was sent. */
  readonly ahead: number
  /** The peer has been told. */
  isSent = false
  /** How many requests the wire had been sent before it. */
  order = 0
  /** Its place in the queue when the queue was last counted. */
  place = 0
  previous: BlockRequest | null = null
  next: BlockRequest | null = null
  /** Another request for the same block, with another wire. */
  nextHolder: BlockRequest | null = null

  constructor(wire: Wire, piece: OpenPiece, block: number, purpose: RequestPurpose, now: number) {
    this.wire = wire
    this.piece = piece
    this.block = block
    this.index = piece.firstBlock + block
    this.length = piece.blockLength(block)
    this.purpose = purpose
    this.sentAt = now
    this.ahead = wire.queue.size
  }
}

/** What a wire has been asked for and has not answered, oldest first. */
export class RequestQueue {
  head: BlockRequest | null = null
  tail: BlockRequest | null = null
  size = 0
  #pushed = 0
  #areNumbered = true

  push(request: BlockRequest): void {
    request.previous = this.tail
    request.place = this.size
    request.order = this.#pushed++
    if (this.tail === null) this.head = request
    else this.tail.next = request
    this.tail = request
    this.size++
  }

  remove(request: BlockRequest): void {
    if (request.next !== null) this.#areNumbered = false
    if (request.previous === null) this.head = request.next
    else request.previous.next = request.next
    if (request.next === null) this.tail = request.previous
    else request.next.previous = request.previous
    request.previous = null
    request.next = null
    this.size--
  }

  /** How many requests stand before it. */
  positionOf(request: BlockRequest): number {
    if (!this.#areNumbered) {
      let place = 0
      for (let r = this.head; r !== null; r = r.next) r.place = place++
      this.#areNumbered = true
    }
    return request.place
  }

  /** A snapshot, so that the caller may remove what it walks over. */
  toArray(): BlockRequest[] {
    const requests: BlockRequest[] = []
    for (let request = this.head; request !== null; request = request.next) requests.push(request)
    return requests
  }
}
