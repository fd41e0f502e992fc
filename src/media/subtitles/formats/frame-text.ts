import type { CueList } from '../cue.ts'
import type { LineParser } from './line-parser.ts'
import { parseTime } from './timed-text.ts'

/** Of films, where neither the file nor the film says. */
const DEFAULT_FRAME_RATE = 23.976

/** Both ends in frames (MicroDVD) or, in square brackets, in tenths of a second (MPL2). */
const FRAMES = /^\s*([{[])(\d{1,9})[}\]][{[](\d{0,9})[}\]](.*)$/s
/** SubViewer: a line of two times, then one of text. */
const TIMES =
  /^\s*(\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3})\s*,\s*(\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3})\s*$/

/**
 * The formats that come as `.sub` (and `.txt`): MicroDVD, whose first line may be the frame rate,
 * MPL2 and SubViewer.
 */
export class FrameTextParser implements LineParser {
  readonly #cues: CueList
  #frameMs: number
  #isFirst = true
  #times: { startMs: number; endMs: number } | null = null

  /** @param frameRate - Of the film that it is for; `null` where that is not known. */
  constructor(cues: CueList, frameRate: number | null = null) {
    this.#cues = cues
    this.#frameMs = 1_000 / (frameRate ?? DEFAULT_FRAME_RATE)
  }

  line(text: string): void {
    const [, bracket, start = '', end = '', words = ''] = FRAMES.exec(text) ?? []
    if (bracket !== undefined) this.#frames(bracket, { start, end, words })
    else this.#subViewer(text)
  }

  end(): void {}

  #frames(bracket: string, { start, end, words }: Readonly<Record<string, string>>): void {
    const isFirst = this.#isFirst
    this.#isFirst = false
    const rate = Number(words?.trim().replace(',', '.'))
    if (isFirst && bracket === '{' && rate >= 1 && rate <= 240) {
      this.#frameMs = 1_000 / rate
      return
    }
    const unitMs = bracket === '{' ? this.#frameMs : 100
    const startMs = Math.round(Number(start) * unitMs)
    const endMs = end === '' ? null : Math.round(Number(end) * unitMs)
    this.#cues.add({ startMs, endMs, text: linesOf(words ?? '') })
  }

  #subViewer(text: string): void {
    const [, start = '', end = ''] = TIMES.exec(text) ?? []
    const startMs = parseTime(start)
    const endMs = parseTime(end)
    if (startMs !== null && endMs !== null) this.#times = { startMs, endMs }
    else if (this.#times !== null && text.trim() !== '') {
      this.#cues.add({ ...this.#times, text: text.replace(/\[br\]/gi, '\n') })
      this.#times = null
    }
  }
}

/** Lines are separated by `|`; `{y:i}` or a slash makes one italic, other codes are left out. */
function linesOf(words: string): string {
  return words
    .split('|')
    .map((line) => {
      const codes = line.match(/^(?:\{[a-z]:[^{}]{0,60}\}){1,8}/i)?.[0] ?? ''
      const text = line.slice(codes.length)
      if (text.startsWith('/')) return `<i>${text.slice(1)}</i>`
      return /\{y:[^}]*i/i.test(codes) ? `<i>${text}</i>` : text
    })
    .join('\n')
}
