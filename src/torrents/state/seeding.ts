import { TorrentError } from '../torrent-error.ts'

/** When a torrent that is finished has been seeded enough; `null` for no limit. */
export interface SeedingGoal {
  /** Bytes sent for each byte of what is selected; more than 0. */
  readonly ratio: number | null
  /** Since it was finished, while it is live; more than 0. */
  readonly minutes: number | null
}

/** Of one torrent: 0 for no limit, `null` for what the session says. */
export interface OwnSeedingGoal {
  readonly ratio: number | null
  readonly minutes: number | null
}

/** How much a torrent has been seeded, kept over restarts. */
export interface SeedingRecord extends OwnSeedingGoal {
  readonly uploadedBytes: number
  readonly seededMs: number
  /** Somebody has started it again after it was stopped: it goes on until he stops it. */
  readonly isEndless: boolean
}

export const NOT_SEEDED: SeedingRecord = {
  ...{ ratio: null, minutes: null },
  ...{ uploadedBytes: 0, seededMs: 0, isEndless: false },
}

/** Which of its goals a torrent has reached; `null` for none. */
export function reachedGoal(
  record: SeedingRecord,
  common: SeedingGoal,
  wantedBytes: number,
): 'ratio' | 'time' | null {
  if (record.isEndless) return null
  const ratio = record.ratio ?? common.ratio ?? 0
  const minutes = record.minutes ?? common.minutes ?? 0
  if (ratio > 0 && wantedBytes > 0 && record.uploadedBytes >= ratio * wantedBytes) return 'ratio'
  return minutes > 0 && record.seededMs >= minutes * 60_000 ? 'time' : null
}

/** Throws TorrentError `bad-limit`. */
export function checkedGoal(goal: OwnSeedingGoal): OwnSeedingGoal {
  for (const value of [goal.ratio, goal.minutes]) {
    if (value === null || (Number.isFinite(value) && value >= 0)) continue
    throw new TorrentError('bad-limit', `a goal of seeding is 0 or more, or null; not ${value}`)
  }
  return { ratio: goal.ratio, minutes: goal.minutes }
}

/** What was saved; what cannot be read counts as nothing. */
export function reviveSeeding(saved: unknown): SeedingRecord | undefined {
  if (typeof saved !== 'object' || saved === null) return undefined
  const fields = saved as Readonly<Record<string, unknown>>
  const amount = (value: unknown): number | null =>
    typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
  return {
    ratio: amount(fields.ratio),
    minutes: amount(fields.minutes),
    uploadedBytes: amount(fields.uploadedBytes) ?? 0,
    seededMs: amount(fields.seededMs) ?? 0,
    isEndless: fields.isEndless === true,
  }
}
