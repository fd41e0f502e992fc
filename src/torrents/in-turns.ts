import { setImmediate as nextTurn } from 'node:timers/promises'

/** A few milliseconds of work for what one item usually takes. */
const ITEMS_PER_TURN = 1_000

/** Visits all items, and lets the event loop do other things in between. */
export async function inTurns<T>(
  items: readonly T[],
  visit: (item: T, index: number) => void,
): Promise<void> {
  for (let start = 0; start < items.length; start += ITEMS_PER_TURN) {
    if (start > 0) await nextTurn()
    items.slice(start, start + ITEMS_PER_TURN).forEach((item, within) => {
      visit(item, start + within)
    })
  }
}
