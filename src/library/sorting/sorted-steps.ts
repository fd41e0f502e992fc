import type { Steps } from '../../concurrency/steps.ts'

/** What is sorted or merged in a step: about a millisecond of comparing names. */
const STEP_ITEMS = 512

/** A sorted copy; items that compare as 0 stay in the order given. */
export function* sortedSteps<Item>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Steps<Item[]> {
  let from: Item[] = []
  for (let start = 0; start < items.length; start += STEP_ITEMS) {
    for (const item of items.slice(start, start + STEP_ITEMS).sort(compare)) from.push(item)
    yield
  }
  for (let width = STEP_ITEMS; width < items.length; width *= 2) {
    const to: Item[] = []
    for (let start = 0; start < from.length; start += 2 * width) {
      yield* mergeSteps(from, start, width, compare, to)
    }
    from = to
  }
  return from
}

/** Merges two neighbours of `width` items into `to`. */
function* mergeSteps<Item>(
  from: readonly Item[],
  start: number,
  width: number,
  compare: (a: Item, b: Item) => number,
  to: Item[],
): Steps<void> {
  const middle = Math.min(start + width, from.length)
  const end = Math.min(start + 2 * width, from.length)
  let left = start
  let right = middle
  if (isInOrder(from[middle - 1], from[middle], compare)) {
    for (const item of from.slice(start, end)) to.push(item)
    yield
    return
  }
  while (left < middle || right < end) {
    if (to.length % STEP_ITEMS === 0) yield
    const a = from[left]
    const b = from[right]
    const isLeft = right >= end || (left < middle && compare(a as Item, b as Item) <= 0)
    to.push((isLeft ? a : b) as Item)
    if (isLeft) left++
    else right++
  }
}

/** Whether what ends the left and what begins the right need no merging; so for nothing on the right. */
function isInOrder<Item>(
  left: Item | undefined,
  right: Item | undefined,
  compare: (a: Item, b: Item) => number,
): boolean {
  return left === undefined || right === undefined || compare(left, right) <= 0
}
