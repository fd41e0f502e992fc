export type TransportState = 'stopped' | 'playing' | 'paused' | 'transitioning' | 'unknown'

const STATES: Readonly<Record<string, TransportState>> = {
  STOPPED: 'stopped',
  NO_MEDIA_PRESENT: 'stopped',
  PLAYING: 'playing',
  PAUSED_PLAYBACK: 'paused',
  PAUSED_RECORDING: 'paused',
  PAUSED: 'paused',
  TRANSITIONING: 'transitioning',
  BUFFERING: 'transitioning',
}

/** Reads TransportState (AVTransport:1, 2.2.1); makers have words of their own. */
export function transportState(text: string | undefined): TransportState {
  return STATES[text?.trim().toUpperCase() ?? ''] ?? 'unknown'
}

const TIME = /^\+?(?:(\d{1,6}):)?(\d{1,4}):(\d{1,4})(?:[.,](\d{1,9})(?:\/(\d{1,9}))?)?$/

/**
 * Milliseconds of RelTime or TrackDuration: `H:MM:SS`, with a fraction `.F+` or `.F0/F1` or without, also
 * `MM:SS` and plain seconds; `null` for NOT_IMPLEMENTED, END_OF_MEDIA and anything else.
 */
export function transportTime(text: string | undefined): number | null {
  const given = text?.trim() ?? ''
  if (/^\d{1,7}(?:\.\d{1,9})?$/.test(given)) return Math.round(Number(given) * 1_000)
  const [, hours = '0', minutes, seconds, fraction, divisor] = TIME.exec(given) ?? []
  if (minutes === undefined || seconds === undefined) return null
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
  return Math.round((whole + fractionOf(fraction, divisor)) * 1_000)
}

function fractionOf(digits: string | undefined, divisor: string | undefined): number {
  if (digits === undefined) return 0
  if (divisor === undefined) return Number(`0.${digits}`)
  return Number(divisor) > Number(digits) ? Number(digits) / Number(divisor) : 0
}

/** `H:MM:SS`: a fraction is refused by some. */
export function seekTarget(positionMs: number): string {
  const seconds = Math.floor(positionMs / 1_000)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}
