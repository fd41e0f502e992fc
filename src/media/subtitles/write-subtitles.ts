import type { TimedCue } from './cue.ts'
import { webVttMarkup } from './markup.ts'
import type { Steps } from './steps.ts'

/** The formats that subtitles are given out in. */
export type SubtitleFormat = 'srt' | 'vtt'

export interface SubtitleForm {
  readonly format: SubtitleFormat
  /**
   * Whether the file begins with UTF-8's byte order mark. Without it some old renderers take the
   * text for their own charset; others show it.
   */
  readonly byteOrderMark?: boolean
}

const STEP_CUES = 512

/** Lines of SubRip end in CR LF, as they always did. */
function srtCue({ startMs, endMs, text }: TimedCue, number: number): string {
  const lines = text.replaceAll('\n', '\r\n')
  return `${number}\r\n${timeOf(startMs, ',')} --> ${timeOf(endMs, ',')}\r\n${lines}\r\n\r\n`
}

function vttCue({ startMs, endMs, text }: TimedCue): string {
  return `${timeOf(startMs, '.')} --> ${timeOf(endMs, '.')}\n${webVttMarkup(text)}\n\n`
}

/** A file of subtitles in UTF-8. */
export function* writeSubtitles(
  cues: readonly TimedCue[],
  { format, byteOrderMark = false }: SubtitleForm,
): Steps<Buffer> {
  const parts: Buffer[] = []
  let text = (byteOrderMark ? '\ufeff' : '') + (format === 'vtt' ? 'WEBVTT\n\n' : '')
  for (const [index, cue] of cues.entries()) {
    text += format === 'vtt' ? vttCue(cue) : srtCue(cue, index + 1)
    if ((index + 1) % STEP_CUES !== 0) continue
    parts.push(Buffer.from(text.toWellFormed()))
    text = ''
    yield
  }
  parts.push(Buffer.from(text.toWellFormed()))
  return Buffer.concat(parts)
}

function timeOf(ms: number, point: ',' | '.'): string {
  const whole = Math.round(ms)
  const digits = (value: number, count: number): string => String(value).padStart(count, '0')
  const seconds = Math.floor(whole / 1_000)
  const clock = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  return clock.map((value) => digits(value, 2)).join(':') + point + digits(whole % 1_000, 3)
}
