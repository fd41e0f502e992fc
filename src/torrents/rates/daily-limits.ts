import type { Limits } from './limits.ts'

/** Limits for a part of each day, in place of the usual ones. */
export interface DailyLimits extends Limits {
  /** Days of the week on which it begins, 0 (Sunday) to 6; all when absent. */
  readonly days?: readonly number[]
  /** Minutes since midnight, local time: 0 to 1439. */
  readonly fromMinute: number
  /** Not included. Before `fromMinute` it is over midnight; the same is a whole day. */
  readonly toMinute: number
}

/** Those that hold at a time of day; `null` for none. Of several the first. */
export function dailyLimitsAt(all: readonly DailyLimits[], now: Date): DailyLimits | null {
  const minute = now.getHours() * 60 + now.getMinutes()
  return all.find((one) => holdsAt(one, now.getDay(), minute)) ?? null
}

function holdsAt(
  { days, fromMinute, toMinute }: DailyLimits,
  today: number,
  minute: number,
): boolean {
  const isOf = (day: number): boolean => days === undefined || days.includes(day)
  if (fromMinute < toMinute) return isOf(today) && minute >= fromMinute && minute < toMinute
  // Over midnight: what is left of it belongs to the day before.
  return minute >= fromMinute ? isOf(today) : minute < toMinute && isOf((today + 6) % 7)
}
