import { setTimeout as delay } from 'node:timers/promises'
import { within } from '../../helpers/within.ts'

export interface WaitOptions {
  /** Default 20 s. */
  readonly timeoutMs?: number
  /** Between two probes; default 100 ms. */
  readonly intervalMs?: number
}

/** What one look may take beyond the time that there is for all of them. */
const LONGEST_LOOK_MS = 10_000

/**
 * Asks `probe` until it answers something other than `undefined`, `null` or `false`. An error of the probe
 * counts as "not yet"; the last one becomes the cause when the deadline passes. After the deadline it is
 * asked once more: a machine that stood still has not looked for all of the time.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  { timeoutMs = 20_000, intervalMs = 100 }: WaitOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  let lastError: unknown
  for (;;) {
    const leftMs = Math.max(0, deadline - performance.now())
    try {
      const look = Promise.resolve(probe())
      const answer = await within('one look to end', look, leftMs + LONGEST_LOOK_MS)
      if (answer !== undefined && answer !== null && answer !== false) return answer
    } catch (error) {
      lastError = error
    }
    if (leftMs === 0) break
    await delay(intervalMs)
  }
  throw new Error(`after ${timeoutMs} ms still waiting for ${what}`, { cause: lastError })
}
