/** `H+:MM:SS.FFF` (ContentDirectory:1, B.1.4): hours as many as there are, never days. */
export function spellDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3_600)
  const fraction = String(milliseconds % 1_000).padStart(3, '0')
  return `${hours}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${fraction}`
}

/** Milliseconds of `H+:MM:SS` or `H+:MM:SS.F+`; `null` for anything else. A fraction of F0/F1 is not understood. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,6}):([0-5]?\d):([0-5]?\d(?:\.\d{1,9})?)$/.exec(text.trim())
  if (match === null) return null
  const [, hours, minutes, seconds] = match
  return Math.round((Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000)
}
