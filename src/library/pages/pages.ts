import { runInSlices, type Steps } from '../../concurrency/steps.ts'
import { type FactsSource, NO_FACTS } from '../facts/facts-source.ts'
import type { MediaObject } from '../objects/media-object.ts'
import type { ObjectList } from '../objects/object-list.ts'
import { type Condition, searchSteps, usesFacts } from '../search/search.ts'
import { SearchResults } from '../search/search-results.ts'
import type { SortKey } from '../sorting/object-order.ts'
import { SortedChildren } from '../sorting/sorted-children.ts'

/** No answer to a control point has room for more; it asks for the rest. */
const MOST_OBJECTS = 5_000
/** Made in one step. */
const STEP_OBJECTS = 64

/** Which objects of a list are asked for. */
export interface Slice {
  readonly startingIndex: number
  /** 0 means all; at most 5,000 are given. */
  readonly requestedCount: number
  /** Empty: in the order of the list. */
  readonly sort: readonly SortKey[]
}

export interface Children {
  readonly objects: readonly MediaObject[]
  /** All there are, whatever the slice. */
  readonly totalMatches: number
}

export const NO_CHILDREN: Children = { objects: [], totalMatches: 0 }

/** Where and for what is searched. */
export interface Query {
  /** The same for all pages of one search, another for every other search; `null` for one to be made anew each time. */
  readonly name: string | null
  readonly lists: Iterable<ObjectList>
  readonly condition: Condition
}

/** Pages of lists, sorted and searched once for all of them. */
export class Pages {
  readonly #finish: (object: MediaObject) => MediaObject
  readonly #facts: Pick<FactsSource, 'version'>
  readonly #sorted = new SortedChildren()
  readonly #results = new SearchResults()
  /** Of what is remembered; another number when objects have changed. */
  #generation = 0

  /**
   * @param finish - Adds to an object what lists do not know.
   * @param facts - Of files: lists are sorted and searched anew by them when there are more.
   */
  constructor(
    finish: (object: MediaObject) => MediaObject,
    facts: Pick<FactsSource, 'version'> = NO_FACTS,
  ) {
    this.#finish = finish
    this.#facts = facts
  }

  *of(list: ObjectList, { startingIndex, requestedCount, sort }: Slice): Steps<Children> {
    const order = yield* this.#sorted.steps(list, sort, this.#facts.version)
    const count = requestedCount === 0 ? MOST_OBJECTS : Math.min(requestedCount, MOST_OBJECTS)
    const end = Math.min(startingIndex + count, list.length)
    const objects: MediaObject[] = []
    for (let place = startingIndex; place < end; place++) {
      if (objects.length % STEP_OBJECTS === STEP_OBJECTS - 1) yield
      objects.push(this.#finish(list.objectAt(order?.[place] ?? place)))
    }
    return { objects, totalMatches: list.length }
  }

  async search(query: Query, slice: Slice): Promise<Children> {
    return await runInSlices(this.of(await this.#found(query), slice))
  }

  /** Objects have changed. */
  clear(): void {
    this.#generation++
    this.#results.clear()
  }

  async #found({ name, lists, condition }: Query): Promise<ObjectList> {
    if (name === null) return await runInSlices(searchSteps(lists, condition))
    const key = usesFacts(condition) ? `${this.#facts.version} ${name}` : name
    const known = this.#results.get(key)
    if (known !== undefined) return known
    const generation = this.#generation
    const found = await runInSlices(searchSteps(lists, condition))
    if (generation === this.#generation) this.#results.set(key, found)
    return found
  }
}
