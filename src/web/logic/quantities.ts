const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** `1.4 GiB`, with the decimal sign of the language. */
export function bytesText(bytes: number, locale: string): string {
  const exponent = bytes < 1024 ? 0 : Math.floor(Math.log2(bytes) / 10)
  const unit = Math.min(exponent, UNITS.length - 1)
  const value = bytes / 1024 ** unit
  const digits = unit === 0 || value >= 100 ? 0 : 1
  return `${fixed(value, digits, locale)} ${UNITS[unit]}`
}

/** @param bytesPerSecond any speed of the API that is not in MiB/s */
export function rateText(bytesPerSecond: number, locale: string): string {
  return `${bytesText(bytesPerSecond, locale)}/s`
}

/** Whole percent, rounded down: only what is complete is 100 %. @param share from 0 to 1 */
export function percentText(share: number, locale: string): string {
  return `${fixed(Math.floor(share * 100), 0, locale)} %`
}

/** `2 h 5 min`, `3 min 4 s`, `9 s`: units that are the same in many languages. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  if (hours > 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`
}

/** @param text `500`, `500K`, `2.5 M`, or nothing @returns bytes per second, null without a limit, undefined for rubbish */
export function parseRate(text: string): number | null | undefined {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed === '0') return null
  const match = /^(\d+(?:[.,]\d+)?)\s*([kmg]?)(?:i?b)?(?:\/s)?$/i.exec(trimmed)
  if (match === null) return undefined
  const [, number = '', unit = ''] = match
  const factor = 1024 ** ' kmg'.indexOf(unit.toLowerCase() || ' ')
  return Math.max(1, Math.round(Number(number.replace(',', '.')) * factor))
}

/** What `parseRate` reads, in its shortest form. */
export function rateInput(bytesPerSecond: number | null): string {
  if (bytesPerSecond === null) return ''
  for (const [exponent, unit] of [
    [3, 'G'],
    [2, 'M'],
    [1, 'K'],
  ] as const) {
    const value = bytesPerSecond / 1024 ** exponent
    if (value >= 1 && Number.isInteger(value * 10)) return `${value}${unit}`
  }
  return String(bytesPerSecond)
}

/** @param text a number of 0 or more, or nothing @returns null for nothing, undefined for rubbish */
export function parseGoal(text: string): number | null | undefined {
  const trimmed = text.trim().replace(',', '.')
  if (trimmed === '') return null
  return /^\d{1,9}(?:\.\d{1,3})?$/.test(trimmed) ? Number(trimmed) : undefined
}

/** What `parseGoal` reads. */
export function goalInput(goal: number | null): string {
  return goal === null ? '' : String(goal)
}

const formats = new Map<string, Intl.NumberFormat>()

function fixed(value: number, digits: number, locale: string): string {
  const key = `${locale} ${digits}`
  const format =
    formats.get(key) ??
    new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits })
  formats.set(key, format)
  return format.format(value)
}
