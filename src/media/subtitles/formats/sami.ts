import type { CueList } from '../cue.ts'
import { plainText, subRipMarkup } from '../markup.ts'
import type { LineParser } from './line-parser.ts'

const LONGEST_BODY = 4_000

/** SAMI: each SYNC shows its text until the next one. Only the first language of a file is told from others by its class. */
export class SamiParser implements LineParser {
  readonly #cues: CueList
  #startMs: number | null = null
  #body = ''
  #class: string | null = null

  constructor(cues: CueList) {
    this.#cues = cues
  }

  line(text: string): void {
    const parts = text.split(/<sync\s+[^<>]{0,40}?start\s*=\s*["']?(\d{1,9})[^<>]{0,80}>/i)
    this.#append(parts[0] ?? '')
    for (let index = 1; index < parts.length; index += 2) {
      this.#show(Number(parts[index]))
      this.#startMs = Number(parts[index])
      this.#append(parts[index + 1] ?? '')
    }
  }

  end(): void {
    this.#show(null)
  }

  #append(text: string): void {
    if (this.#startMs !== null && this.#body.length < LONGEST_BODY) this.#body += `${text}\n`
  }

  #show(endMs: number | null): void {
    const body = this.#body.slice(0, LONGEST_BODY)
    const spoken = /<p\s[^<>]{0,60}?class\s*=\s*["']?(\w{1,20})/i.exec(body)?.[1] ?? null
    this.#class ??= spoken
    if (this.#startMs !== null && spoken === this.#class) {
      const broken = body.replace(/\n/g, ' ').replace(/<br\s*\/?>/gi, '\n')
      const text = plainText(subRipMarkup(broken).replace(/&nbsp;/gi, ' '))
      const lines = text.split('\n').map((line) => line.trim())
      this.#cues.add({ startMs: this.#startMs, endMs, text: lines.join('\n') })
    }
    this.#startMs = null
    this.#body = ''
  }
}
