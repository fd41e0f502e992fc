export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

export const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error']

export interface LogLine {
  readonly level: LogLevel
  /** Milliseconds since the epoch; NaN where the line does not say. */
  readonly at: number
  /** Which part speaks. */
  readonly name: string
  readonly message: string
  /** The rest of what the line says, `path=/x count=3`; empty where there is nothing more. */
  readonly facts: string
}

/** Kept apart: they have a place of their own, or say nothing. */
const KNOWN = new Set([
  'level',
  'time',
  'timestamp',
  'name',
  'target',
  'msg',
  'message',
  'pid',
  'hostname',
  'fields',
  'span',
  'spans',
  'v',
])

/** One line of GET /stream_logs; `null` for an empty one. Lines that are no JSON are taken as they are. */
export function parseLogLine(text: string): LogLine | null {
  if (text.trim() === '') return null
  let line: Record<string, unknown>
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null) return plainLine(text)
    line = parsed as Record<string, unknown>
  } catch {
    return plainLine(text)
  }
  const fields = (line.fields ?? {}) as Record<string, unknown>
  const rest = {
    ...Object.fromEntries(Object.entries(line).filter(([key]) => !KNOWN.has(key))),
    ...fields,
  }
  delete rest.message
  return {
    level: levelOf(line.level),
    at: timeOf(line.time ?? line.timestamp),
    name: String(line.name ?? line.target ?? ''),
    message: String(line.msg ?? line.message ?? fields.message ?? ''),
    facts: factsText(rest),
  }
}

function factsText(facts: Readonly<Record<string, unknown>>): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
}

function plainLine(text: string): LogLine {
  return { level: 'info', at: Number.NaN, name: '', message: text, facts: '' }
}

/** pino's numbers, or words. */
function levelOf(level: unknown): LogLevel {
  if (typeof level === 'number') {
    return LOG_LEVELS[Math.min(Math.max(Math.floor(level / 10) - 1, 0), 4)] ?? 'info'
  }
  const word = String(level).toLowerCase()
  return LOG_LEVELS.find((known) => word.startsWith(known)) ?? 'info'
}

function timeOf(time: unknown): number {
  if (typeof time === 'number') return time
  return typeof time === 'string' ? Date.parse(time) : Number.NaN
}
