import type { BlockRequest } from './block-request.ts'

/** The request queue, or pipeline: what a wire was asked for and has not answered, oldest first. */
export class RequestQueue {
  #head: BlockRequest | null = null
  #tail: BlockRequest | null = null
  #size = 0
  #backgroundSize = 0
  #pushed = 0
  #areNumbered = true

  get head(): BlockRequest | null {
    return this.#head
  }

  get tail(): BlockRequest | null {
    return this.#tail
  }

  get size(): number {
    return this.#size
  }

  /** Of these, what is fetched for nobody. */
  get backgroundSize(): number {
    return this.#backgroundSize
  }

  /** The wire is asked at `sentAt`; ms. */
  push(request: BlockRequest, sentAt: number): void {
    request.sentAt = sentAt
    request.ahead = this.#size
    request.order = this.#pushed++
    request.place = this.#size
    request.previous = this.#tail
    if (this.#tail === null) this.#head = request
    else this.#tail.next = request
    this.#tail = request
    this.#size++
    if (request.purpose === 'background') this.#backgroundSize++
  }

  remove(request: BlockRequest): void {
    if (request.next !== null) this.#areNumbered = false
    if (request.previous === null) this.#head = request.next
    else request.previous.next = request.next
    if (request.next === null) this.#tail = request.previous
    else request.next.previous = request.previous
    request.previous = null
    request.next = null
    this.#size--
    if (request.purpose === 'background') this.#backgroundSize--
  }

  /** How many requests stand before it. */
  positionOf(request: BlockRequest): number {
    if (!this.#areNumbered) {
      let place = 0
      for (let r = this.#head; r !== null; r = r.next) r.place = place++
      this.#areNumbered = true
    }
    return request.place
  }

  /** A snapshot, so that the caller may remove what it walks over. */
  toArray(): BlockRequest[] {
    const requests: BlockRequest[] = []
    for (let request = this.#head; request !== null; request = request.next) requests.push(request)
    return requests
  }
}
