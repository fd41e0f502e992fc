import { compareNatural } from '../media/natural-order.ts'
import type { MediaObject } from './media-object.ts'

export type SortProperty = 'title' | 'date' | 'class' | 'size'

export interface SortKey {
  readonly property: SortProperty
  readonly descending: boolean
}

type Order = (a: MediaObject, b: MediaObject) => number

const ORDERS: Readonly<Record<SortProperty, Order>> = {
  title: (a, b) => compareNatural(a.title, b.title),
  date: (a, b) => dateOf(a) - dateOf(b),
  class: (a, b) => compareNatural(a.upnpClass, b.upnpClass),
  size: (a, b) => sizeOf(a) - sizeOf(b),
}

/** The order without SortCriteria: containers first, then titles as a person sorts them. */
export const byDefault: Order = (a, b) => {
  if (a.kind !== b.kind) return a.kind === 'container' ? -1 : 1
  return compareNatural(a.title, b.title) || compareNatural(a.id, b.id)
}

/** By the first key, then by the next; objects that no key tells apart stay in the order given. */
export function sortObjects(
  objects: readonly MediaObject[],
  keys: readonly SortKey[],
): readonly MediaObject[] {
  return objects.toSorted((a, b) => {
    for (const { property, descending } of keys) {
      const order = ORDERS[property](a, b)
      if (order !== 0) return descending ? -order : order
    }
    return 0
  })
}

/** A copy of `list`, which is in default order, without one object and with another in its place. */
export function replaceInOrder(
  list: readonly MediaObject[],
  removed: MediaObject | null,
  inserted: MediaObject | null,
): readonly MediaObject[] {
  const rest = removed === null ? list : list.filter((object) => object !== removed)
  return inserted === null ? rest : rest.toSpliced(placeOf(rest, inserted), 0, inserted)
}

function placeOf(list: readonly MediaObject[], object: MediaObject): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = list[middle]
    if (other !== undefined && byDefault(other, object) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Days are what control points see; milliseconds keep what was added last on top within a day. */
function dateOf(object: MediaObject): number {
  return object.addedAt?.getTime() ?? 0
}

function sizeOf(object: MediaObject): number {
  return object.kind === 'item' ? object.resource.size : -1
}
