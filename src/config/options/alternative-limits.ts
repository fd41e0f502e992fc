import { parseRate } from './byte-amount.ts'

/** Limits for a part of each day; minutes since midnight, bytes per second, `null` for no limit. */
export interface AlternativeLimits {
  /** Days on which it begins, 0 is Sunday; all when absent. */
  readonly days?: readonly number[]
  readonly fromMinute: number
  readonly toMinute: number
  readonly downloadBps: number | null
  readonly uploadBps: number | null
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const TIMES = /^(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)$/

/**
 * `22:00-07:00 down=5M up=500K`, with days before it where it is not for all: `mon-fri`, `sat sun`. A
 * rate that is not named, or 0, has no limit. `null` for anything else.
 */
export function parseAlternativeLimits(text: string): AlternativeLimits | null {
  const words = text.trim().toLowerCase().split(/\s+/)
  const timesAt = words.findIndex((word) => TIMES.test(word))
  const days = words.slice(0, Math.max(0, timesAt)).flatMap((word) => daysOf(word) ?? [Number.NaN])
  if (timesAt < 0 || days.some(Number.isNaN)) return null
  const [times = '', ...rates] = words.slice(timesAt)
  const [, fromHour, from, toHour, to] = TIMES.exec(times) ?? []
  const fromMinute = minuteOf(fromHour, from)
  const toMinute = minuteOf(toHour, to)
  if (fromMinute === null || toMinute === null || rates.length === 0) return null
  const limits = { down: 0, up: 0 }
  for (const rate of rates) {
    const [, name, amount = ''] = /^(down|up)=(.+)$/.exec(rate) ?? []
    const bytes = parseRate(amount)
    if ((name !== 'down' && name !== 'up') || bytes === null) return null
    limits[name] = bytes
  }
  const { down, up } = limits
  const hours = { fromMinute, toMinute, downloadBps: down || null, uploadBps: up || null }
  return days.length === 0 ? hours : { ...hours, days: [...new Set(days)].sort() }
}

/** The reverse. */
export function alternativeLimitsText(limits: AlternativeLimits): string {
  const { days = [], fromMinute, toMinute, downloadBps, uploadBps } = limits
  const times = `${clockOf(fromMinute)}-${clockOf(toMinute)}`
  const names = days.map((day) => DAYS[day] ?? '')
  return [...names, times, `down=${downloadBps ?? 0}`, `up=${uploadBps ?? 0}`].join(' ')
}

/** Of `mon` or `fri-mon`; `null` for anything else. */
function daysOf(word: string): readonly number[] | null {
  const [first = -1, last = first, ...more] = word.split('-').map((name) => DAYS.indexOf(name))
  if (first < 0 || last < 0 || more.length > 0) return null
  const count = ((last - first + DAYS.length) % DAYS.length) + 1
  return Array.from({ length: count }, (_, after) => (first + after) % DAYS.length)
}

/** 24:00 is midnight. */
function minuteOf(hour: string | undefined, minute: string | undefined): number | null {
  const minutes = Number(hour) * 60 + Number(minute)
  return Number(minute) < 60 && minutes <= 1_440 ? minutes % 1_440 : null
}

function clockOf(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
