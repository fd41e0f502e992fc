import type { CueList } from '../cue.ts'
import { plainText, subRipMarkup } from '../markup.ts'
import type { LineParser } from './line-parser.ts'

const LONGEST_BODY = 4_000
const SYNC = /<sync\s[^<>]{0,40}?start\s{0,4}=\s{0,4}["']?(\d{1,9})[^<>]{0,80}>/i
const PARAGRAPH_CLASS = /<p\s[^<>]{0,60}?class\s{0,4}=\s{0,4}["']?(\w{1,20})/i

/**
 * SAMI: each SYNC shows its text until the next one of the same language. Where a file has several,
 * told apart by the class of their paragraphs, the first is read.
 */
export class SamiParser implements LineParser {
  readonly #cues: CueList
  #startMs: number | null = null
  #body = ''
  #class: string | null = null
  /** What is shown now. */
  #shown: { readonly startMs: number; readonly text: string } | null = null

  constructor(cues: CueList) {
    this.#cues = cues
  }

  line(text: string): void {
    const parts = text.split(SYNC)
    this.#append(parts[0] ?? '')
    for (let index = 1; index < parts.length; index += 2) {
      this.#finish()
      this.#startMs = Number(parts[index])
      this.#append(parts[index + 1] ?? '')
    }
  }

  end(): void {
    this.#finish()
    this.#close(null)
  }

  #append(text: string): void {
    if (this.#startMs !== null && this.#body.length < LONGEST_BODY) this.#body += `${text}\n`
  }

  #finish(): void {
    const startMs = this.#startMs
    const body = this.#body.slice(0, LONGEST_BODY)
    this.#startMs = null
    this.#body = ''
    const spoken = PARAGRAPH_CLASS.exec(body)?.[1] ?? null
    this.#class ??= spoken
    if (startMs === null || spoken !== this.#class) return
    this.#close(startMs)
    this.#shown = { startMs, text: textOf(body) }
  }

  /** Ends what is shown. */
  #close(endMs: number | null): void {
    if (this.#shown !== null) this.#cues.add({ ...this.#shown, endMs })
    this.#shown = null
  }
}

function textOf(body: string): string {
  const broken = body.replace(/\n/g, ' ').replace(/<br\s{0,4}\/?>/gi, '\n')
  return plainText(subRipMarkup(broken).replace(/&nbsp;/gi, ' '))
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
}
