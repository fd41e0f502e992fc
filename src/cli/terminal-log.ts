import { inspect } from 'node:util'
import { z } from 'zod'
import { printable } from '../printable.ts'

const record = z.looseObject({
  level: z.number(),
  time: z.string(),
  msg: z.string().optional(),
  name: z.string().optional(),
  err: z.looseObject({ message: z.string(), stack: z.string().optional() }).optional(),
})

/** pino's own numbers. */
const LEVEL_WORDS: ReadonlyMap<number, string> = new Map([
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
  [60, 'fatal'],
])

/**
 * Turns one JSON line of the log into a line for a person: time of day, level, message, facts. Names
 * that strangers chose cannot steer the terminal. What is no such line comes back as it was.
 */
export function readableLine(line: string): string {
  const parsed = record.safeParse(parseJson(line))
  if (!parsed.success) return `${printable(line.trimEnd())}\n`
  const { level, time, msg = '', name, err, ...facts } = parsed.data
  const clock = new Date(time).toTimeString().slice(0, 8)
  const part = name === undefined ? '' : `${name}: `
  const pairs = Object.entries(facts).map(([key, value]) => ` ${key}=${brief(value)}`)
  const reason = err === undefined ? '' : ` (${err.message})`
  const words = `${clock} ${LEVEL_WORDS.get(level) ?? level} ${part}${msg}${reason}${pairs.join('')}`
  return `${printable(words)}\n`
}

function brief(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value, { depth: 2, breakLength: Infinity })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not ours, so it is shown as it is.
    return undefined
  }
}
