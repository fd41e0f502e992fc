/** Work that waited is gone on with for so long, and then whoever waits for the network comes first; ms. */
const TURN_MS = 5

const waiting: (() => void)[] = []
/** Of the event loop. */
let turn = 0
let beganAt = 0

/**
 * Resolves when the event loop has done what it has at hand. However many wait, a turn of the loop goes on with few
 * of them, in the order in which they came: `setImmediate` would go on with all, and forty answers that are made
 * bit by bit would hold everybody up together.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve)
    setImmediate(goOn, turn)
  })
}

/** @param asked - The turn in which it was asked for: what was asked in one turn comes in the next. */
function goOn(asked: number): void {
  if (asked === turn) {
    turn++
    beganAt = performance.now()
  } else if (performance.now() - beganAt > TURN_MS) {
    setImmediate(goOn, turn)
    return
  }
  waiting.shift()?.()
}
