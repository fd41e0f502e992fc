import { setTimeout as delay } from 'node:timers/promises'

export interface WaitOptions {
  /** Default 20 s. */
  readonly timeoutMs?: number
  /** Between two probes; default 100 ms. */
  readonly intervalMs?: number
}

/**
 * Asks `probe` until it answers something other than `undefined`, `null` or `false`. An error of the probe
 * counts as "not yet"; the last one becomes the cause when the deadline passes.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  { timeoutMs = 20_000, intervalMs = 100 }: WaitOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  let lastError: unknown
  do {
    try {
      const answer = await probe()
      if (answer !== undefined && answer !== null && answer !== false) return answer
    } catch (error) {
      lastError = error
    }
    await delay(intervalMs)
  } while (performance.now() < deadline)
  throw new Error(`after ${timeoutMs} ms still waiting for ${what}`, { cause: lastError })
}
