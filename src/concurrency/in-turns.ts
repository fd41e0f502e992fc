import { nextTurn } from './next-turn.ts'

/** Looking at the clock costs more than visiting a few items. */
const ITEMS_PER_LOOK = 64
/** A turn takes about so long, and whatever else is to be done waits no longer. */
const TURN_MS = 8

/** Visits all items, and lets the event loop do other things in between. */
export async function inTurns<T>(
  items: readonly T[],
  visit: (item: T, index: number) => void,
): Promise<void> {
  let startedAt = performance.now()
  for (const [index, item] of items.entries()) {
    visit(item, index)
    if (index % ITEMS_PER_LOOK !== 0 || performance.now() - startedAt < TURN_MS) continue
    await nextTurn()
    startedAt = performance.now()
  }
}
