interface Event {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

/** What is going to happen, by time (ms); what happens at one time, in the order it was planned. */
export class EventQueue {
  readonly #heap: Event[] = []
  #count = 0
  now = 0

  get nextAt(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY
  }

  at(time: number, run: () => void): void {
    const event = { at: Math.max(time, this.now), order: this.#count++, run }
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
  }

  after(ms: number, run: () => void): void {
    this.at(this.now + ms, run)
  }

  /** Runs the next event. */
  step(): void {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (first === undefined || last === undefined) return
    if (this.#heap.length > 0) this.#sink(last)
    this.now = first.at
    first.run()
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
