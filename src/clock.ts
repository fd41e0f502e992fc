/** Time as it comes in from outside, so that tests own it. */
export interface Clock {
  /** Milliseconds; each clock says from when. */
  now(): number
  /** Calls `run` once after `delayMs`, unless the returned function is called before. */
  after(delayMs: number, run: () => void): () => void
}

function after(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs)
  return () => clearTimeout(timer)
}

/** Since 1970. It goes on while the machine sleeps, and timers do not. */
export const wallClock: Clock = { now: Date.now, after }

/** From any beginning; it never goes back. */
export const steadyClock: Clock = { now: () => performance.now(), after }

/** A clock that knows the event loop as well. */
export interface LoopClock extends Clock {
  /** Calls `run` once, after what the event loop has at hand; unless the returned function is called before. */
  soon(run: () => void): () => void
}

export const loopClock: LoopClock = {
  ...steadyClock,
  soon(run) {
    const immediate = setImmediate(run)
    return () => clearImmediate(immediate)
  },
}

/** Waits; rejects with the signal's reason once it is aborted. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', abandon)
      resolve()
    })
    function abandon(): void {
      cancel()
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', abandon, { once: true })
  })
}
