import type { ObjectList } from '../objects/object-list.ts'

/** A few control points page through what they found, each through one list. */
const RESULTS_KEPT = 4

/** Remembers what was found lately, so that each page of it does not look for it again. */
export class SearchResults {
  readonly #results = new Map<string, ObjectList>()

  /** `undefined` where it has to be looked for. */
  get(query: string): ObjectList | undefined {
    return this.#results.get(query)
  }

  set(query: string, found: ObjectList): void {
    this.#results.delete(query)
    this.#results.set(query, found)
    const [oldest] = this.#results.keys()
    if (this.#results.size > RESULTS_KEPT && oldest !== undefined) this.#results.delete(oldest)
  }

  /** Objects have changed. */
  clear(): void {
    this.#results.clear()
  }
}
