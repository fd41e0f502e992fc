const SHORTEST_SECONDS = 30
const LONGEST_SECONDS = 24 * 3_600
/** Where a tracker names none that can be. */
export const DEFAULT_INTERVAL_SECONDS = 30 * 60
const FIRST_RETRY_SECONDS = 15
/** Announces of many torrents shall not come at once; a part of the time, later and never sooner. */
const JITTER = 0.1

/**
 * Seconds between announces, 30 s to 1 day, whatever a tracker names; and not more often than it
 * wants at most.
 */
export function announceInterval(
  intervalSeconds: number | null,
  minIntervalSeconds: number | null,
): number {
  const named = isInterval(intervalSeconds) ? intervalSeconds : null
  const least = isInterval(minIntervalSeconds) ? minIntervalSeconds : 0
  const wanted = Math.max(named ?? DEFAULT_INTERVAL_SECONDS, least)
  return Math.min(Math.max(wanted, SHORTEST_SECONDS), LONGEST_SECONDS)
}

/**
 * Seconds until a tracker is tried again that has failed `failures` times, at least once: 15, 30,
 * 60 ... up to its interval. What it asks for itself goes before (BEP 31).
 */
export function retryDelay(
  failures: number,
  intervalSeconds: number,
  retryInSeconds: number | null,
): number {
  if (retryInSeconds !== null) {
    return Math.min(Math.max(retryInSeconds, FIRST_RETRY_SECONDS), LONGEST_SECONDS)
  }
  return Math.min(FIRST_RETRY_SECONDS * 2 ** Math.min(failures - 1, 20), intervalSeconds)
}

/** @param random - From 0 to 1. */
export function jittered(seconds: number, random: number): number {
  return seconds * (1 + JITTER * random)
}

/** Of 0 and less nobody can have meant it. */
function isInterval(seconds: number | null): seconds is number {
  return seconds !== null && Number.isFinite(seconds) && seconds > 0
}
