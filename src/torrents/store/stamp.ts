import * as fs from 'node:fs'

/**
 * Gives a file a time of our own making. The system's clock for files stands still for
 * milliseconds: what somebody else writes in the same moment would look like what we wrote.
 */
export function stamp(fd: number): void {
  const now = (Date.now() + Math.random()) / 1_000
  try {
    fs.futimesSync(fd, now, now)
  } catch {
    // Somebody else's file that we may write to: then the system's time must do.
  }
}
