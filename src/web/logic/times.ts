/** Milliseconds since the epoch of what the server calls a time: those, seconds, or a date as text; NaN for rubbish. */
export function epochMs(time: number | string | null | undefined): number {
  if (time === null || time === undefined) return Number.NaN
  if (typeof time === 'string') return Date.parse(time)
  return time < SECONDS_END ? time * 1000 : time
}

/** A number below it is seconds: as milliseconds it would lie in 1970 to 1973. */
const SECONDS_END = 1e11

/** Where somebody is in a film: `1:02:03`, `2:03`. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const pad = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`
}
