import { printable } from '../printable.ts'
import { durationText, sizeText } from './size-text.ts'

/** How far something is. */
export interface ProgressFacts {
  /** What is being done: `checking`, `downloading`. */
  readonly doing: string
  readonly doneBytes: number
  /** 0 where it is not known. */
  readonly totalBytes: number
  readonly bytesPerSecond: number
  /** `null` where there are none to be had. */
  readonly peers: number | null
}

/** Where it is shown. */
export interface ProgressOutput {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

const BAR_COLUMNS = 30
/** A shorter bar says nothing. */
const LEAST_BAR_COLUMNS = 5
const PLAIN_EVERY_MS = 10_000
const DEFAULT_COLUMNS = 80
/** To the first column, and to the end of the line nothing. */
const CLEAR_LINE = '\r\u001b[K'

/** One line on a terminal that is drawn over again; elsewhere a line every ten seconds. */
export class Progress {
  readonly #output: ProgressOutput
  readonly #now: () => number
  #saidAt = Number.NEGATIVE_INFINITY
  #said = ''

  /** @param now - Milliseconds of a clock that never goes back. */
  constructor(output: ProgressOutput, now: () => number) {
    this.#output = output
    this.#now = now
  }

  show(facts: ProgressFacts): void {
    if (this.#output.isTTY === true) {
      // Some terminals have no size, and say 0.
      const columns = this.#output.columns || DEFAULT_COLUMNS
      this.#output.write(`${CLEAR_LINE}${barLine(facts, columns - 1)}`)
      return
    }
    if (this.#now() - this.#saidAt < PLAIN_EVERY_MS) return
    this.#saidAt = this.#now()
    const line = plainLine(facts)
    // Whoever reads a log learns nothing from the same line again.
    if (line !== this.#said) this.#output.write(`${line}\n`)
    this.#said = line
  }

  /** A line that stays. */
  say(text: string): void {
    const clear = this.#output.isTTY === true ? CLEAR_LINE : ''
    this.#output.write(`${clear}${printable(text)}\n`)
  }

  /** Takes the line back that is drawn over. */
  clear(): void {
    if (this.#output.isTTY === true) this.#output.write(CLEAR_LINE)
  }
}

/** The words come first: the bar has what they leave. */
function barLine(facts: ProgressFacts, columns: number): string {
  const words = plainLine(facts)
  const width = Math.min(BAR_COLUMNS, columns - words.length - '[] '.length)
  if (width < LEAST_BAR_COLUMNS) return words.slice(0, columns)
  const filled = Math.floor(shareOf(facts) * width)
  return `[${'#'.repeat(filled).padEnd(width, '.')}] ${words}`
}

/** `downloading 43 % of 1.4 GB, 5.2 MB/s, 4 peers, 2 min 3 s left` */
function plainLine(facts: ProgressFacts): string {
  const { doing, doneBytes, totalBytes, bytesPerSecond, peers } = facts
  const left = bytesPerSecond > 0 ? (totalBytes - doneBytes) / bytesPerSecond : 0
  return [
    totalBytes === 0
      ? doing
      : `${doing} ${Math.floor(shareOf(facts) * 100)} % of ${sizeText(totalBytes)}`,
    ...(bytesPerSecond > 0 ? [`${sizeText(bytesPerSecond)}/s`] : []),
    ...(peers === null ? [] : [peers === 1 ? '1 peer' : `${peers} peers`]),
    ...(left > 0 ? [`${durationText(left)} left`] : []),
  ].join(', ')
}

function shareOf({ doneBytes, totalBytes }: ProgressFacts): number {
  return totalBytes === 0 ? 0 : Math.min(1, doneBytes / totalBytes)
}
