/**
 * What is known of an address that waits: it has `taken` a connection and closed it over what we said, is `new`, or has
 * `failed`, in the order in which they are dialled.
 */
export type Prospect = 'taken' | 'new' | 'failed'

/** Addresses that wait for room to be dialled: the likeliest first, then the oldest. */
export class DialQueue {
  /** By address, where it comes from. */
  readonly #waiting: Readonly<Record<Prospect, Map<string, string | null>>> = {
    taken: new Map(),
    new: new Map(),
    failed: new Map(),
  }

  get size(): number {
    const { taken, new: fresh, failed } = this.#waiting
    return taken.size + fresh.size + failed.size
  }

  has(address: string): boolean {
    return Object.values(this.#waiting).some((queue) => queue.has(address))
  }

  /** One that waits already keeps its place, or gets a better one. */
  add(address: string, source: string | null, prospect: Prospect): void {
    if (this.#waiting[prospect].has(address)) return
    this.delete(address)
    this.#waiting[prospect].set(address, source)
  }

  delete(address: string): void {
    for (const queue of Object.values(this.#waiting)) queue.delete(address)
  }

  *[Symbol.iterator](): Generator<[address: string, source: string | null]> {
    yield* this.#waiting.taken
    yield* this.#waiting.new
    yield* this.#waiting.failed
  }
}
