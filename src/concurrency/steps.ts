import { nextTurn } from './next-turn.ts'

/** Work in steps of about a millisecond or less, with a pause possible after each. */
export type Steps<T> = Generator<void, T>

/** How long others wait for the event loop at most, give or take a step. */
const SLICE_MS = 10

/** Does all of the work at once. */
export function runAtOnce<T>(steps: Steps<T>): T {
  let step = steps.next()
  while (!step.done) step = steps.next()
  return step.value
}

/** Does the work between other work of the event loop. */
export async function runInSlices<T>(steps: Steps<T>): Promise<T> {
  let pauseAt = performance.now() + SLICE_MS
  let step = steps.next()
  while (!step.done) {
    if (performance.now() >= pauseAt) {
      await nextTurn()
      pauseAt = performance.now() + SLICE_MS
    }
    step = steps.next()
  }
  return step.value
}
