// As they are before a test puts a clock of its own in their place.
const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis

/** A machine that is busy takes long; one that waits longer than this waits in vain. */
export const LONG_MS = 20_000

/** What `promise` comes to. @throws Error that says what was waited for, after `timeoutMs` */
export async function within<T>(
  what: string,
  promise: PromiseLike<T>,
  timeoutMs = LONG_MS,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = startTimer(() => {
      reject(new Error(`after ${timeoutMs} ms still waiting for ${what}`))
    }, timeoutMs)
    // A test that does not wait for it any more is not kept by it.
    timer.unref()
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    stopTimer(timer)
  }
}

/** Less than the time that a test has: it fails by saying what it waits for. */
const MOST_OF_A_TEST_MS = 50_000

/** The same for what a test may also leave to itself: nobody is told then. */
export function inTime<T>(what: string, promise: PromiseLike<T>): Promise<T> {
  const limited = within(what, promise, MOST_OF_A_TEST_MS)
  limited.catch(() => {})
  return limited
}
