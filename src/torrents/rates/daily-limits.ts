import type { Limits } from './limits.ts'

/** Limits for a part of each day, in place of the usual ones. */
export interface DailyLimits extends Limits {
  /** Minutes since midnight, local time: 0 to 1439. */
  readonly fromMinute: number
  /** Not included. Before `fromMinute` it is over midnight; the same is all day. */
  readonly toMinute: number
}

/** Those that hold at a time of day; `null` for none. Of several the first. */
export function dailyLimitsAt(all: readonly DailyLimits[], now: Date): DailyLimits | null {
  const minute = now.getHours() * 60 + now.getMinutes()
  return all.find((one) => holdsAt(one, minute)) ?? null
}

function holdsAt({ fromMinute, toMinute }: DailyLimits, minute: number): boolean {
  if (fromMinute < toMinute) return minute >= fromMinute && minute < toMinute
  return minute >= fromMinute || minute < toMinute
}
