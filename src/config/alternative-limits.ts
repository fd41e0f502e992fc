import { parseBytes } from './byte-amount.ts'

/** Limits for a part of each day; minutes since midnight, bytes per second, `null` for no limit. */
export interface AlternativeLimits {
  readonly fromMinute: number
  readonly toMinute: number
  readonly downloadBps: number | null
  readonly uploadBps: number | null
}

const TIMES = /^(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)$/

/** `22:00-07:00 down=5M up=500K`; a rate that is not named, or 0, has no limit. `null` for anything else. */
export function parseAlternativeLimits(text: string): AlternativeLimits | null {
  const [times = '', ...rates] = text.trim().split(/\s+/)
  const [, fromHour, from, toHour, to] = TIMES.exec(times) ?? []
  const fromMinute = minuteOf(fromHour, from)
  const toMinute = minuteOf(toHour, to)
  if (fromMinute === null || toMinute === null || rates.length === 0) return null
  const limits = { down: 0, up: 0 }
  for (const rate of rates) {
    const [, name, amount = ''] = /^(down|up)=(.+)$/.exec(rate) ?? []
    const bytes = parseBytes(amount)
    if ((name !== 'down' && name !== 'up') || bytes === null) return null
    limits[name] = bytes
  }
  const { down, up } = limits
  return { fromMinute, toMinute, downloadBps: down || null, uploadBps: up || null }
}

/** 24:00 is midnight. */
function minuteOf(hour: string | undefined, minute: string | undefined): number | null {
  const minutes = Number(hour) * 60 + Number(minute)
  return Number(minute) < 60 && minutes <= 1_440 ? minutes % 1_440 : null
}
