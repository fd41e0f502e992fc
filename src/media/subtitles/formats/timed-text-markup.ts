import type { CueList } from '../cue.ts'
import type { LineParser } from './line-parser.ts'

/** A tag that is longer is none; UTF-16 code units. */
const LONGEST_TAG = 4_096
const LONGEST_TEXT = 4_000
/** Elements in each other. */
const DEEPEST = 32
const CLOCK_TIME = /^(\d{1,4}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9})|:(\d{1,3})(?:\.\d{1,3})?)?$/
const OFFSET_TIME = /^(\d{1,9}(?:\.\d{1,9})?)(h|m|s|ms|f|t)$/
const ATTRIBUTE = /([\w:.-]{1,64})\s*=\s*(?:"([^"]{0,512})"|'([^']{0,512})')/g

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

/** Milliseconds; of a document in a sample nothing outside is shown. */
export interface ShownWithin {
  readonly startMs: number
  readonly endMs: number
}

interface Level {
  readonly name: string
  readonly startMs: number
  readonly endMs: number | null
  readonly style: 'i' | 'b' | 'u' | null
  /** Of preformatted text line breaks count. */
  readonly isPreserved: boolean
}

/**
 * Timed Text Markup Language (W3C TTML2), of which the times and words of `p` are read, line by line, with
 * what in `body`, `div` and `span` shifts them. Regions, colours and animations are not. What is
 * malformed is skipped: this is no XML parser.
 */
export class TimedTextMarkupParser implements LineParser {
  readonly #cues: CueList
  readonly #within: ShownWithin | null
  readonly #levels: Level[] = []
  #pending = ''
  #isComment = false
  #text: string | null = null
  #frameRate = 30
  #tickRate = 1

  constructor(cues: CueList, within: ShownWithin | null = null) {
    this.#cues = cues
    this.#within = within
  }

  line(line: string): void {
    let rest = `${this.#pending}${line}\n`
    this.#pending = ''
    while (rest !== '') {
      if (this.#isComment) {
        const end = rest.indexOf('-->')
        if (end === -1) return
        this.#isComment = false
        rest = rest.slice(end + 3)
        continue
      }
      const open = rest.indexOf('<')
      this.#addText(open === -1 ? rest : rest.slice(0, open))
      if (open === -1) return
      rest = rest.slice(open)
      if (rest.startsWith('<!--')) {
        this.#isComment = true
        rest = rest.slice(4)
        continue
      }
      const close = rest.indexOf('>')
      if (close === -1) {
        if (rest.length < LONGEST_TAG) this.#pending = rest
        return
      }
      this.#tag(rest.slice(1, close))
      rest = rest.slice(close + 1)
    }
  }

  end(): void {
    this.#pending = ''
    this.#text = null
  }

  #tag(tag: string): void {
    const name = localName(/^\/?\s*([\w:.-]{1,64})/.exec(tag)?.[1] ?? '')
    if (name === '') return
    if (tag.startsWith('/')) {
      this.#close(name)
      return
    }
    const attributes = attributesOf(tag)
    if (name === 'br') this.#addMarkup('\n')
    if (name === 'tt') this.#readRates(attributes)
    if (tag.endsWith('/') || this.#levels.length >= DEEPEST) return
    if (name === 'p') this.#text = ''
    const style = styleOf(attributes)
    if (style !== null) this.#addMarkup(`<${style}>`)
    const outer = this.#levels.at(-1)
    const isPreserved =
      attributes.get('space') === undefined
        ? (outer?.isPreserved ?? false)
        : attributes.get('space') === 'preserve'
    this.#levels.push({ name, style, isPreserved, ...this.#times(attributes, outer) })
  }

  #close(name: string): void {
    const depth = this.#levels.findLastIndex((level) => level.name === name)
    if (depth === -1) return
    const level = this.#levels[depth]
    for (const inner of this.#levels.splice(depth).reverse()) {
      if (inner.style !== null) this.#addMarkup(`</${inner.style}>`)
    }
    if (name !== 'p' || level === undefined || this.#text === null) return
    const text = this.#text.replace(/ *\n */g, '\n').trim()
    this.#text = null
    const startMs = Math.max(level.startMs, this.#within?.startMs ?? 0)
    const endMs = earlier(level.endMs, this.#within?.endMs ?? null)
    this.#cues.add({ startMs, endMs, text })
  }

  /** What ends with its parent, and begins no earlier than it (TTML2, 12.2). */
  #times(
    attributes: ReadonlyMap<string, string>,
    outer: Level | undefined,
  ): Pick<Level, 'startMs' | 'endMs'> {
    const base = outer?.startMs ?? 0
    const startMs = base + (this.#time(attributes.get('begin')) ?? 0)
    const end = this.#time(attributes.get('end'))
    const duration = this.#time(attributes.get('dur'))
    const own = earlier(end === null ? null : base + end, duration && startMs + duration)
    return { startMs, endMs: earlier(own, outer?.endMs ?? null) }
  }

  /** Milliseconds (TTML2, 12.3.1); `null` for what is no time. */
  #time(text = ''): number | null {
    const trimmed = text.trim()
    const [, hours, minutes, seconds, fraction = '0', frames = '0'] = CLOCK_TIME.exec(trimmed) ?? []
    if (hours !== undefined) {
      const whole = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)
      return (whole + Number(`0.${fraction}`) + Number(frames) / this.#frameRate) * 1_000
    }
    const [, count, unit = ''] = OFFSET_TIME.exec(trimmed) ?? []
    return count === undefined ? null : Number(count) * this.#unitMs(unit)
  }

  #unitMs(unit: string): number {
    switch (unit) {
      case 'h':
        return 3_600_000
      case 'm':
        return 60_000
      case 'ms':
        return 1
      case 'f':
        return 1_000 / this.#frameRate
      case 't':
        return 1_000 / this.#tickRate
      default:
        return 1_000
    }
  }

  #readRates(attributes: ReadonlyMap<string, string>): void {
    const [numerator = 1, denominator = 1] = (attributes.get('frameRateMultiplier') ?? '')
      .split(/\s+/)
      .map(Number)
    const multiplier = numerator > 0 && denominator > 0 ? numerator / denominator : 1
    const frameRate = Number(attributes.get('frameRate') ?? 30) * multiplier
    this.#frameRate = frameRate > 0 ? frameRate : 30
    const tickRate = Number(attributes.get('tickRate') ?? 1)
    this.#tickRate = tickRate > 0 ? tickRate : 1
  }

  #addText(text: string): void {
    if (this.#text === null) return
    const isPreserved = this.#levels.at(-1)?.isPreserved ?? false
    const shown = isPreserved ? text : text.replace(/\s+/g, ' ')
    this.#addMarkup(plainXml(shown))
  }

  #addMarkup(text: string): void {
    if (this.#text === null || this.#text.length > LONGEST_TEXT) return
    this.#text += text
  }
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return Math.min(a, b)
}

function styleOf(attributes: ReadonlyMap<string, string>): Level['style'] {
  if (attributes.get('fontStyle') === 'italic') return 'i'
  if (attributes.get('fontWeight') === 'bold') return 'b'
  return attributes.get('textDecoration') === 'underline' ? 'u' : null
}

/** By their names without prefixes, which differ from program to program. */
function attributesOf(tag: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [, name = '', double, single = ''] of tag.matchAll(ATTRIBUTE)) {
    if (!name.startsWith('xmlns')) found.set(localName(name), double ?? single)
  }
  return found
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function plainXml(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{1,8}));/gi, (reference, ...groups) => {
    const [decimal, hex, name] = groups as readonly (string | undefined)[]
    if (name !== undefined) return ENTITIES[name] ?? reference
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : ''
  })
}
