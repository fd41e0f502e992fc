import { setImmediate as nextTurn } from 'node:timers/promises'

/** Work in steps of about a millisecond or less, with a pause possible after each. */
export type Steps<T> = Generator<void, T>

/** How long others wait for the event loop at most, give or take a step. */
const TURN_MS = 8

/** Does the work at once; for little of it. */
export function atOnce<T>(steps: Steps<T>): T {
  let step = steps.next()
  while (!step.done) step = steps.next()
  return step.value
}

/** Does the work between other work of the event loop. */
export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  let startedAt = performance.now()
  let step = steps.next()
  while (!step.done) {
    if (performance.now() - startedAt >= TURN_MS) {
      await nextTurn()
      startedAt = performance.now()
    }
    step = steps.next()
  }
  return step.value
}
