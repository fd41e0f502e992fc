import type { Steps } from '../../concurrency/steps.ts'
import { isFactProperty } from '../facts/facts-source.ts'
import type { ObjectList } from '../objects/object-list.ts'
import { orderSteps, type SortKey } from './object-order.ts'

/** A TV pages through a folder in one order; a household's few TVs may differ. */
const ORDERS_KEPT = 4

/**
 * Remembers the orders that lists were last asked for, so that each page of a huge folder does not
 * sort it again. What it knows of a list goes with the list.
 */
export class SortedChildren {
  readonly #orders = new WeakMap<ObjectList, Map<string, Uint32Array>>();

  /**
   * Places in `list`; `null` for its own order, without keys.
   *
   * @param factsVersion - `FactsSource.version`: an order by facts holds as long as there are no more.
   */
  *steps(
    list: ObjectList,
    keys: readonly SortKey[],
    factsVersion: number,
  ): Steps<Uint32Array | null> {
    if (keys.length === 0) return null
    const orders = this.#orders.get(list) ?? new Map<string, Uint32Array>()
    this.#orders.set(list, orders)
    const version = keys.some(({ property }) => isFactProperty(property)) ? factsVersion : ''
    const name = version + keys.map((key) => (key.descending ? '-' : '+') + key.property).join()
    const order = orders.get(name) ?? (yield* orderSteps(list, keys))
    orders.delete(name)
    orders.set(name, order)
    const [oldest] = orders.keys()
    if (orders.size > ORDERS_KEPT && oldest !== undefined) orders.delete(oldest)
    return order
  }
}
