import type { MediaKind } from '../../media/media-type.ts'
import { type FactProperty, hasResolution, isFitting } from '../facts/facts-source.ts'

/** What files are sorted and searched by, of the facts of one of them; what is not known is `null`. */
export interface FactRow extends Readonly<Record<FactProperty, string | number | null>> {
  readonly isImage: boolean
}

const IMAGE = '"kind":"image"'
/**
 * Where a line has them, as JSON. The first of each is that of the file or of its first video track; no text of the
 * file can be taken for one, because JSON escapes the quotation marks in it.
 */
const DURATION = /"durationMs":(\d+)/
const BIT_RATE = /"bitRate":(?:null|(\d+))/
const RESOLUTION = /"width":(\d+),"height":(\d+)/
const TAGS = '"tags":{'
const TEXTS = {
  artist: /"artist":"((?:[^"\\]|\\.)*)"/,
  album: /"album":"((?:[^"\\]|\\.)*)"/,
  genre: /"genre":"((?:[^"\\]|\\.)*)"/,
  actor: /"actor":"((?:[^"\\]|\\.)*)"/,
}
const TRACK = /"track":(\d+)/

/** Reads lines of facts. Texts that several files share are kept once. */
export class FactRows {
  readonly #texts = new Map<string, string>()

  /** @param line - Of one file, JSON; it need not be read as such. */
  of(line: string): FactRow {
    const [, width, height] = RESOLUTION.exec(line) ?? []
    const tags = line.indexOf(TAGS)
    const tagged = tags < 0 || line.startsWith('}', tags + TAGS.length) ? null : line.slice(tags)
    return {
      isImage: line.includes(IMAGE),
      duration: numberIn(line, DURATION),
      bitrate: numberIn(line, BIT_RATE),
      resolution: height === undefined ? null : this.#shared(`${width}x${height}`),
      artist: this.#textIn(tagged, TEXTS.artist),
      album: this.#textIn(tagged, TEXTS.album),
      genre: this.#textIn(tagged, TEXTS.genre),
      actor: this.#textIn(tagged, TEXTS.actor),
      track: tagged === null ? null : numberIn(tagged, TRACK),
    }
  }

  #textIn(tags: string | null, expected: RegExp): string | null {
    const value = tags === null ? undefined : expected.exec(tags)?.[1]
    if (value === undefined) return null
    return this.#shared(value.includes('\\') ? unescaped(value) : value)
  }

  #shared(text: string): string {
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    // What was cut out of a line would hold all of it.
    const copy = Buffer.from(text).toString()
    this.#texts.set(copy, copy)
    return copy
  }
}

/** As `FactsSource.propertyOf`. */
export function propertyIn(
  row: FactRow,
  property: FactProperty,
  listedAs: MediaKind,
): string | number | null {
  if (!isFitting(listedAs, row.isImage ? 'image' : 'video')) return null
  return property === 'resolution' && !hasResolution(listedAs) ? null : row[property]
}

/** Nothing is known of the file: it was looked at in vain. */
export function isNothing(line: string): boolean {
  return line.endsWith('"facts":null}')
}

/** Facts of sound or film without tags, which earlier versions did not read. */
export function isOutdated(line: string): boolean {
  return !isNothing(line) && !line.includes(TAGS) && !line.includes(IMAGE)
}

function numberIn(line: string, expected: RegExp): number | null {
  const value = expected.exec(line)?.[1]
  return value === undefined ? null : Number(value)
}

function unescaped(value: string): string {
  try {
    return String(JSON.parse(`"${value}"`))
  } catch {
    // The line is damaged.
    return ''
  }
}
