const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Bytes for people, in powers of 1,000 as disks and lines are sold: `1.4 GB`. */
export function sizeText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000
    unit++
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1
  return `${value.toFixed(digits)} ${UNITS[unit]}`
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`; `null` stays unknown. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.trunc(whole / 60)
  if (minutes < 60) return `${minutes} min ${whole % 60} s`
  return `${Math.trunc(minutes / 60)} h ${minutes % 60} min`
}
