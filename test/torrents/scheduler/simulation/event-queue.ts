interface Event {
  readonly at: number
  readonly order: number
  /** `null` once it has been called off. */
  run: (() => void) | null
}

/** What is going to happen, by time (ms); what happens at one time, in the order it was planned. */
export class EventQueue {
  readonly #heap: Event[] = []
  #count = 0
  now = 0

  /** When the next event is due; infinite where there is none. */
  get nextAt(): number {
    while (this.#heap[0]?.run === null) this.#pop()
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY
  }

  /** The returned function calls it off. */
  at(time: number, run: () => void): () => void {
    const event: Event = { at: Math.max(time, this.now), order: this.#count++, run }
    let index = this.#heap.length
    this.#heap.push(event)
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = this.#heap[parent]
      if (above === undefined || isBefore(above, event)) break
      this.#heap[index] = above
      index = parent
    }
    this.#heap[index] = event
    return () => {
      event.run = null
    }
  }

  after(ms: number, run: () => void): () => void {
    return this.at(this.now + ms, run)
  }

  /** Runs the next event. */
  step(): void {
    const first = this.#pop()
    if (first === undefined || first.run === null) return
    this.now = first.at
    const { run } = first
    first.run = null
    run()
  }

  #pop(): Event | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) this.#sink(last)
    return first
  }

  #sink(event: Event): void {
    const heap = this.#heap
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      const left = heap[child]
      if (left === undefined) break
      const right = heap[child + 1]
      let least = left
      if (right !== undefined && isBefore(right, left)) {
        least = right
        child++
      }
      if (isBefore(event, least)) break
      heap[index] = least
      index = child
    }
    heap[index] = event
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}
