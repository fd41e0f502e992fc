import type { CueList } from '../cue.ts'
import { plainText, subRipMarkup } from '../markup.ts'
import type { LineParser } from './line-parser.ts'

/** Digits are counted so that no line takes long. Hours may be missing, and the fraction. */
const TIME = /^\s*(?:(\d{1,4}):)?(\d{1,4}):(\d{1,4})(?:[.,:](\d{1,9}))?/
/** Where in a line a time and its arrow have to be. */
const TIMES_WITHIN = 120
const LONGEST_CUE_LINES = 64

export type TimedTextFormat = 'srt' | 'vtt'

/**
 * SubRip (which nobody specified) and WebVTT (W3C, 4.1). Numbers of cues, blank lines before the
 * text and between cues may be missing; hours too; a comma is a point. Whatever belongs to no cue is skipped, as
 * are WebVTT's blocks NOTE, STYLE and REGION.
 */
export class TimedTextParser implements LineParser {
  readonly #cues: CueList
  readonly #format: TimedTextFormat
  #times: { startMs: number; endMs: number } | null = null
  #lines: string[] = []

  constructor(cues: CueList, format: TimedTextFormat) {
    this.#cues = cues
    this.#format = format
  }

  line(text: string): void {
    const times = timesOf(text)
    if (times !== null) {
      // Without a blank line between, the last line is the number of this cue.
      if (/^\s*\d{1,9}\s*$/.test(this.#lines.at(-1) ?? '')) this.#lines.pop()
      this.end()
      this.#times = times
      return
    }
    if (this.#times === null) return
    if (text.trim() !== '') {
      if (this.#lines.length < LONGEST_CUE_LINES) this.#lines.push(text)
    } else if (this.#lines.length > 0) this.end()
  }

  end(): void {
    if (this.#times !== null) {
      const text = this.#lines.join('\n')
      const markup = this.#format === 'vtt' ? plainText(subRipMarkup(text)) : text
      this.#cues.add({ ...this.#times, text: markup })
    }
    this.#times = null
    this.#lines = []
  }
}

function timesOf(line: string): { startMs: number; endMs: number } | null {
  const arrow = line.slice(0, TIMES_WITHIN).indexOf('-->')
  if (arrow === -1) return null
  const startMs = parseTime(line.slice(0, arrow))
  const endMs = parseTime(line.slice(arrow + 3, arrow + 3 + TIMES_WITHIN))
  return startMs === null || endMs === null ? null : { startMs, endMs }
}

/** Milliseconds; `null` for what is no time. */
export function parseTime(text: string): number | null {
  const [, hours = '0', minutes, seconds, fraction = ''] = TIME.exec(text) ?? []
  if (minutes === undefined || seconds === undefined) return null
  const wholeSeconds = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)
  return wholeSeconds * 1_000 + Math.round(Number(`0.${fraction || '0'}`) * 1_000)
}
