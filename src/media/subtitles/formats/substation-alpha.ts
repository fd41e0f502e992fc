import type { CueList } from '../cue.ts'
import type { LineParser } from './line-parser.ts'
import { parseTime } from './timed-text.ts'

/** The fields of a Dialogue line, in v4 and in v4+, where no Format line says otherwise. */
const DEFAULT_FORMAT = 'layer,start,end,style,name,marginl,marginr,marginv,effect,text'.split(',')
const MOST_FIELDS = 32

/** SubStation Alpha and Advanced SubStation Alpha: the Dialogue lines of [Events], without their looks. */
export class SubStationAlphaParser implements LineParser {
  readonly #cues: CueList
  #format: readonly string[] = DEFAULT_FORMAT
  /** Files without sections are read as if they were all events. */
  #isInEvents = true

  constructor(cues: CueList) {
    this.#cues = cues
  }

  line(text: string): void {
    const section = /^\s*\[([^\]]{1,40})\]/.exec(text)?.[1]
    if (section !== undefined) {
      this.#isInEvents = section.trim().toLowerCase() === 'events'
      return
    }
    if (!this.#isInEvents) return
    const [, key = '', value = ''] = /^\s*(format|dialogue)\s*:(.*)$/i.exec(text) ?? []
    if (key.toLowerCase() === 'format') this.#readFormat(value)
    if (key.toLowerCase() === 'dialogue') this.#readDialogue(value)
  }

  end(): void {}

  #readFormat(value: string): void {
    const fields = value.split(',', MOST_FIELDS).map((field) => field.trim().toLowerCase())
    if (fields.at(-1) === 'text') this.#format = fields
  }

  #readDialogue(value: string): void {
    const fields = splitFields(value, this.#format.length)
    const field = (name: string): string => fields[this.#format.indexOf(name)] ?? ''
    const startMs = parseTime(field('start'))
    const endMs = parseTime(field('end'))
    if (startMs === null || endMs === null) return
    this.#cues.add({ startMs, endMs, text: dialogueText(fields[this.#format.length - 1] ?? '') })
  }
}

/** At most `count` fields; commas in the last one are text. */
export function splitFields(value: string, count: number): readonly string[] {
  const fields: string[] = []
  let start = 0
  while (fields.length < count - 1) {
    const comma = value.indexOf(',', start)
    if (comma === -1) break
    fields.push(value.slice(start, comma))
    start = comma + 1
  }
  return [...fields, value.slice(start)]
}

/**
 * What is to be read of a Dialogue's text: override blocks and the drawings that they begin (`\p1`)
 * are left out, `\N` and `\n` end a line, `\h` is a space. Italic, bold and underlined words stay so.
 */
export function dialogueText(text: string): string {
  let result = ''
  let isDrawing = false
  let end = 0
  const open = new Set<string>()
  while (end < text.length) {
    const start = text.indexOf('{', end)
    const close = start === -1 ? -1 : text.indexOf('}', start)
    const run = text.slice(end, close === -1 ? undefined : start)
    if (!isDrawing) result += run
    if (close === -1) break
    const block = text.slice(start, close)
    isDrawing = isDrawingAfter(block, isDrawing)
    result += tagsOf(block, open)
    end = close + 1
  }
  const closing = [...open].reverse().map((tag) => `</${tag}>`)
  return (result + closing.join('')).replace(/\\N|\\n/g, '\n').replaceAll('\\h', ' ')
}

function isDrawingAfter(block: string, before: boolean): boolean {
  const scale = [...block.matchAll(/\\p(\d{1,3})/g)].at(-1)?.[1]
  return scale === undefined ? before : Number(scale) > 0
}

function tagsOf(block: string, open: Set<string>): string {
  let tags = ''
  for (const [, tag = '', value] of block.matchAll(/\\([biu])(\d{1,3})(?![\da-z(])/g)) {
    const isOn = Number(value) > 0
    if (isOn === open.has(tag)) continue
    tags += isOn ? `<${tag}>` : `</${tag}>`
    if (isOn) open.add(tag)
    else open.delete(tag)
  }
  return tags
}
