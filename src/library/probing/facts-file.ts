import { appendFile, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { AtomicFile } from '../../atomic-file.ts'
import { nextTurn } from '../../concurrency/next-turn.ts'
import type { MediaKind } from '../../media/media-type.ts'
import { type MediaFacts, mediaFactsSchema } from '../../media/probe/media-facts.ts'
import type { FactProperty } from '../facts/facts-source.ts'
import { type FactRow, FactRows, isNothing, isOutdated, propertyIn } from './fact-row.ts'

/** What is kept of one file of a torrent. */
export interface FactsRecord {
  /** `null`: it was looked at, and is no medium that is known. */
  readonly facts: MediaFacts | null
  /** More of it has to be here before more can be known. */
  readonly isPartial: boolean
  /** Bytes that were fetched to look at it. */
  readonly fetchedBytes: number
}

/** A record takes no more: what a hostile file names beyond is left out. */
const LONGEST_LINE = 4_096
/** Of one torrent; what comes after is not kept. 100,000 files take some 35 MB. */
const LARGEST_FILE_BYTES = 64 * 1024 * 1024
/** A file of so many lines that newer ones have replaced is written anew. */
const MOST_DEAD_LINES = 1_000
const NEWLINE = 10

const lineSchema = z.object({
  file: z.number().int().nonnegative(),
  facts: mediaFactsSchema.nullable(),
  partial: z.boolean().default(false),
  fetched: z.number().nonnegative().default(0),
})
/** How a line begins, in the order in which `lineOf` writes; whether the rest is right shows when it is asked for. */
const HEAD =
  /^\{"file":(0|[1-9]\d{0,8}),(?:"partial":(true),)?(?:"fetched":(\d{1,15}),)?"facts":.*\}$/
/** Lines read in one step. */
const STEP_LINES = 500

const NO_LINES: ReadonlyMap<number, string> = new Map()

/**
 * The facts of one torrent's files: a line of JSON for each in a file that only grows, so that the
 * hundred thousandth costs what the first did. A later line of a file replaces the one before; a line that a crash
 * has cut short is ignored. In memory a fact is its line, read when it is asked for, and what is sorted by.
 */
export class FactsFile {
  readonly #path: string
  // There are thousands of these: of what nothing is known there are no collections.
  #lines: Map<number, string> | null = null
  /** What of the lines is asked of thousands at once. */
  #rows: Map<number, FactRow> | null = null
  #reader: FactRows | null = null
  #bytes = 0
  #fetchedBytes = 0
  /** Lines that are to be appended. */
  #waiting: string[] | null = null
  #writing: Promise<void> | null = null

  private constructor(path: string) {
    this.#path = path
  }

  /** Never rejects for what is damaged: what is readable of it counts. Rejects with the system's error. */
  static async open(path: string): Promise<FactsFile> {
    const facts = new FactsFile(path)
    const bytes = await new AtomicFile(path).read()
    if (bytes !== null) await facts.#load(bytes)
    return facts
  }

  /** Bytes fetched for all probes together. */
  get fetchedBytes(): number {
    return this.#fetchedBytes
  }

  get isFull(): boolean {
    return this.#bytes > LARGEST_FILE_BYTES
  }

  has(fileIndex: number): boolean {
    return this.#kept.has(fileIndex)
  }

  isPartial(fileIndex: number): boolean {
    const line = this.#kept.get(fileIndex)
    return line !== undefined && HEAD.exec(line)?.[2] !== undefined
  }

  /** `undefined` where nothing is kept. */
  get(fileIndex: number): FactsRecord | undefined {
    const line = this.#kept.get(fileIndex)
    return line === undefined ? undefined : (parseLine(line) ?? undefined)
  }

  /** It was made by an earlier version, which did not look at all that is told now. */
  isOutdated(fileIndex: number): boolean {
    const line = this.#kept.get(fileIndex)
    return line !== undefined && isOutdated(line)
  }

  /** As `FactsSource.propertyOf`. */
  propertyOf(
    fileIndex: number,
    property: FactProperty,
    listedAs: MediaKind,
  ): string | number | null {
    const row = this.#rows?.get(fileIndex)
    return row === undefined ? null : propertyIn(row, property, listedAs)
  }

  /** Resolves when it is on the disk. Rejects with the system's error; it is kept in memory all the same. */
  async set(fileIndex: number, record: FactsRecord): Promise<void> {
    const text = lineOf(fileIndex, record)
    if (this.isFull) return
    this.#keep(fileIndex, text)
    this.#bytes += text.length
    this.#fetchedBytes += record.fetchedBytes
    this.#waiting ??= []
    this.#waiting.push(`${text}\n`)
    this.#writing ??= this.#append().finally(() => {
      this.#writing = null
    })
    await this.#writing
  }

  #keep(fileIndex: number, line: string): void {
    this.#lines ??= new Map()
    this.#lines.set(fileIndex, line)
    if (isNothing(line)) this.#rows?.delete(fileIndex)
    else {
      this.#rows ??= new Map()
      this.#reader ??= new FactRows()
      this.#rows.set(fileIndex, this.#reader.of(line))
    }
  }

  get #kept(): ReadonlyMap<number, string> {
    return this.#lines ?? NO_LINES
  }

  async #append(): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true })
    while (this.#waiting !== null) {
      const text = this.#waiting.join('')
      this.#waiting = null
      await appendFile(this.#path, text, { mode: 0o600 })
    }
  }

  async #load(bytes: Buffer): Promise<void> {
    let lines = 0
    let isDamaged = bytes.length > 0 && bytes.at(-1) !== NEWLINE
    for (let start = 0; start < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, start)
      const end = newline < 0 ? bytes.length : newline
      const text = bytes.toString('utf8', start, Math.min(end, start + 2 * LONGEST_LINE))
      start = end + 1
      lines++
      const [, file, , fetched] = HEAD.exec(text) ?? []
      if (file === undefined) isDamaged = true
      else {
        this.#fetchedBytes += Number(fetched ?? 0)
        this.#keep(Number(file), text)
      }
      if (lines % STEP_LINES === 0) await nextTurn()
    }
    this.#bytes = bytes.length
    // What is appended to half a line would be lost with it.
    if (isDamaged || lines > this.#kept.size + MOST_DEAD_LINES) await this.#rewrite()
  }

  async #rewrite(): Promise<void> {
    const text = [...this.#kept.values()].map((line) => `${line}\n`).join('')
    this.#bytes = text.length
    await new AtomicFile(this.#path).write(text)
  }
}

function lineOf(file: number, { facts, isPartial, fetchedBytes }: FactsRecord): string {
  const line = (kept: MediaFacts | null): string =>
    JSON.stringify({
      file,
      ...(isPartial ? { partial: true } : {}),
      ...(fetchedBytes > 0 ? { fetched: fetchedBytes } : {}),
      facts: kept,
    })
  const whole = line(facts)
  if (facts === null || Buffer.byteLength(whole) <= LONGEST_LINE) return whole
  if (facts.kind === 'image') return line({ ...facts, title: null })
  const audio = facts.audio.slice(0, 4).map((track) => ({ ...track, title: null }))
  const tags = {}
  if (facts.kind === 'audio') return line({ ...facts, audio, title: null, tags })
  const subtitles = facts.subtitles.slice(0, 4).map((track) => ({ ...track, title: null }))
  return line({ ...facts, audio, subtitles, title: null, tags })
}

function parseLine(text: string): FactsRecord | null {
  const { success, data } = lineSchema.safeParse(parseJson(text))
  if (!success) return null
  return { facts: data.facts, isPartial: data.partial, fetchedBytes: data.fetched }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Cut short by a crash, or damaged: there is no such line.
    return null
  }
}
