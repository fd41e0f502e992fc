import { compareNatural } from '../media/natural-order.ts'
import type { MediaObject } from './media-object.ts'
import type { ObjectList } from './object-list.ts'

export type SortProperty = 'title' | 'date' | 'class' | 'size'

export interface SortKey {
  readonly property: SortProperty
  readonly descending: boolean
}

/** The order without SortCriteria: containers first, then titles as a person sorts them. */
export const byDefault = (a: MediaObject, b: MediaObject): number => {
  if (a.kind !== b.kind) return a.kind === 'container' ? -1 : 1
  return compareNatural(a.title, b.title) || compareNatural(a.id, b.id)
}

/**
 * The places of the objects, by the first key, then by the next; objects that no key tells apart stay
 * in the order given. Names are compared as little as can be: a folder may hold 100,000.
 */
export function orderOf(list: ObjectList, keys: readonly SortKey[]): Uint32Array {
  const ranks = keys.map(({ property, descending }) => ({
    rank: ranksOf(list, property),
    sign: descending ? -1 : 1,
  }))
  return Uint32Array.from({ length: list.length }, (_, place) => place).sort((a, b) => {
    for (const { rank, sign } of ranks) {
      const order = (rank[a] ?? 0) - (rank[b] ?? 0)
      if (order !== 0) return sign * order
    }
    return a - b
  })
}

/** For each place a number that sorts as the property does. */
function ranksOf(list: ObjectList, property: SortProperty): Float64Array {
  switch (property) {
    case 'title':
      return titleRanks(list)
    case 'date':
      return Float64Array.from({ length: list.length }, (_, place) => list.dateAt(place))
    case 'class':
      return classRanks(list)
    case 'size':
      return Float64Array.from({ length: list.length }, (_, place) => list.sizeAt(place))
  }
}

/** In default order containers are sorted by title, and so are items: the two are merged. */
function titleRanks(list: ObjectList): Float64Array {
  const ranks = new Float64Array(list.length)
  let container = 0
  let item = list.containerCount
  let last: string | null = null
  let rank = -1
  while (container < list.containerCount || item < list.length) {
    const isContainer =
      item >= list.length ||
      (container < list.containerCount &&
        compareNatural(list.titleAt(container), list.titleAt(item)) <= 0)
    const place = isContainer ? container++ : item++
    const title = list.titleAt(place)
    // Only equal titles compare as 0.
    if (title !== last) rank++
    last = title
    ranks[place] = rank
  }
  return ranks
}

function classRanks(list: ObjectList): Float64Array {
  const places = Float64Array.from({ length: list.length }, (_, place) => place)
  const classes = new Set<string>()
  for (const place of places) classes.add(list.classAt(place))
  const sorted = [...classes].sort(compareNatural)
  const rankOf = new Map(sorted.map((name, rank) => [name, rank]))
  return places.map((place) => rankOf.get(list.classAt(place)) ?? 0)
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
