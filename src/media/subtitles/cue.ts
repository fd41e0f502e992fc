import type { Steps } from './steps.ts'

/** What is shown from one moment to another. */
export interface Cue {
  /** Milliseconds from the beginning of the film, at least 0. */
  readonly startMs: number
  /** Milliseconds, at least `startMs`. `null` where only the next cue ends it. */
  readonly endMs: number | null
  /** Lines separated by `\n`, none of them empty; of markup only SubRip's `<b>`, `<i>`, `<u>`, `<font>`. */
  readonly text: string
}

/** A cue whose end is known. */
export interface TimedCue extends Cue {
  readonly endMs: number
}

/** A film of three hours has about 3,000; styled subtitles of animation twenty times as many. */
const MOST_CUES = 100_000
/** UTF-16 code units in one cue, and in all of them together. */
const LONGEST_TEXT = 2_000
const LONGEST_TOTAL = 8 * 1024 * 1024
/** A cue without an end is shown for so long at most. */
const OPEN_CUE_MS = 5_000
/** Times beyond a hundred hours are mistakes. */
const LATEST_MS = 100 * 3_600_000
const STEP_CUES = 4_096

/** Collects cues in any order, as many as one file of subtitles may have. */
export class CueList {
  readonly #cues: Cue[] = []
  #length = 0

  get size(): number {
    return this.#cues.length
  }

  /** Nothing more is taken. */
  get isFull(): boolean {
    return this.#cues.length >= MOST_CUES || this.#length >= LONGEST_TOTAL
  }

  /** What has no text, or no sensible time, is left out. */
  add({ startMs, endMs, text }: Cue): void {
    if (this.isFull || !(startMs >= 0 && startMs < LATEST_MS)) return
    const clean = cleanText(text)
    if (clean === '' || (endMs !== null && !(endMs > startMs))) return
    const last = this.#cues.at(-1)
    // Styled subtitles draw the same words several times, one upon the other.
    if (last?.text === clean && last.startMs === startMs && last.endMs === endMs) return
    this.#length += clean.length
    this.#cues.push({ startMs, endMs, text: clean })
  }

  /** By their beginning; those that begin together stay in the order in which they came. */
  *sorted(): Steps<readonly TimedCue[]> {
    const cues = this.#cues
    const keys = new Float64Array(cues.length)
    for (let place = 0; place < cues.length; place++) {
      if (place % STEP_CUES === 0) yield
      keys[place] = Math.floor(cues[place]?.startMs ?? 0) * MOST_CUES + place
    }
    keys.sort()
    yield
    const sorted: TimedCue[] = []
    for (const [place, key] of keys.entries()) {
      if (place % STEP_CUES === 0) yield
      const cue = cues[key % MOST_CUES]
      if (cue === undefined) continue
      const next = Math.floor((keys[place + 1] ?? Number.POSITIVE_INFINITY) / MOST_CUES)
      const openEnd = Math.min(cue.startMs + OPEN_CUE_MS, Math.max(next, cue.startMs + 1))
      sorted.push({ ...cue, endMs: cue.endMs ?? openEnd })
    }
    return sorted
  }
}

/** An empty line would end the cue; control characters end nothing, and show nothing. */
function cleanText(text: string): string {
  return text
    .slice(0, LONGEST_TEXT)
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.replace(/[\p{Cc}\ufeff]/gu, '').trimEnd())
    .filter((line) => line !== '')
    .join('\n')
    .replace(/(?<!-)-{2,}>/g, '->')
}
