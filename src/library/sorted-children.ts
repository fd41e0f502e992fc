import type { MediaObject } from './media-object.ts'
import { type SortKey, sortObjects } from './object-order.ts'

/** A TV pages through a folder in one order; a household's few TVs may differ. */
const ORDERS_KEPT = 4

/**
 * Remembers the orders that lists were last asked for, so that each page of a huge folder does not
 * sort it again. What it knows of a list goes with the list.
 */
export class SortedChildren {
  readonly #orders = new WeakMap<readonly MediaObject[], Map<string, readonly MediaObject[]>>()

  /** `list` itself without keys. */
  of(list: readonly MediaObject[], keys: readonly SortKey[]): readonly MediaObject[] {
    if (keys.length === 0) return list
    const orders = this.#orders.get(list) ?? new Map<string, readonly MediaObject[]>()
    this.#orders.set(list, orders)
    const name = keys.map((key) => (key.descending ? '-' : '+') + key.property).join()
    const sorted = orders.get(name) ?? sortObjects(list, keys)
    orders.delete(name)
    orders.set(name, sorted)
    const [oldest] = orders.keys()
    if (orders.size > ORDERS_KEPT && oldest !== undefined) orders.delete(oldest)
    return sorted
  }
}
