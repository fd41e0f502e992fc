import { type DestinationStream, type Logger as Pino, pino } from 'pino'
import type { Logger, LogLevel, LogMethod } from './log.ts'
import { LogFeed } from './log-feed.ts'
import { printable } from './printable.ts'

/** pino's own way to standard output throws, and keeps all lines, where the disk is full. */
const STANDARD_OUTPUT: DestinationStream = { write: (line) => process.stdout.write(line) }

/** JSON lines to `destination`; without one, to standard output. */
export function createLogger(level: LogLevel, destination = STANDARD_OUTPUT): JsonLogger {
  const options = {
    // JsonLogger looks at the level, which may change for all children at once.
    level: 'trace',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // Keeps the causes apart; the usual one joins their messages, which ours contain already.
    serializers: { err: pino.stdSerializers.errWithCause },
    // JSON escapes what is below the space; `docker logs` shows the rest on a terminal.
    hooks: { streamWrite: (line: string) => `${printable(line.trimEnd())}\n` },
  }
  return new JsonLogger(pino(options, destination), new Threshold(level))
}

/** Shared by a logger and its children. */
class Threshold {
  level: LogLevel
  /** pino's number of the level; nothing is above `silent`. */
  rank: number

  constructor(level: LogLevel) {
    this.level = level
    this.rank = rankOf(level)
  }

  change(level: LogLevel): void {
    this.level = level
    this.rank = rankOf(level)
  }
}

function rankOf(level: LogLevel): number {
  return pino.levels.values[level] ?? Number.POSITIVE_INFINITY
}

/** For who looks at the log later. */
const RANK_KEPT = rankOf('info')

type Written = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** A logger whose level can be changed, for all its children too. */
export class JsonLogger implements Logger {
  readonly debug: LogMethod = this.#method('debug')
  readonly info: LogMethod = this.#method('info')
  readonly warn: LogMethod = this.#method('warn')
  readonly error: LogMethod = this.#method('error')
  readonly fatal: LogMethod = this.#method('fatal')
  /** Hears what this logger and its children are told, from debug on; keeps it from info on. */
  readonly feed: LogFeed
  readonly #facts: Readonly<Record<string, unknown>>
  readonly #lines: Pino
  readonly #threshold: Threshold

  constructor(lines: Pino, threshold: Threshold, feed = new LogFeed(), facts = {}) {
    this.feed = feed
    this.#facts = facts
    this.#lines = lines
    this.#threshold = threshold
  }

  get level(): LogLevel {
    return this.#threshold.level
  }

  /** Counts for all children, but those with a level of their own. */
  set level(level: LogLevel) {
    this.#threshold.change(level)
  }

  /** With a level of its own, a child ignores that of its parent. */
  child(facts: Record<string, unknown>, { level }: { level?: LogLevel } = {}): JsonLogger {
    const threshold = level === undefined ? this.#threshold : new Threshold(level)
    return new JsonLogger(this.#lines.child(facts), threshold, this.feed, {
      ...this.#facts,
      ...facts,
    })
  }

  #method(name: Written): LogMethod {
    const rank = rankOf(name)
    return (...args: [string] | [object, string]) => {
      const keep = rank >= RANK_KEPT
      if (keep || this.feed.isHeard) {
        const [facts, message] = args.length === 1 ? [{}, args[0]] : args
        this.feed.tell({ level: name, message, facts: { ...this.#facts, ...facts } }, { keep })
      }
      if (rank < this.#threshold.rank) return
      if (args.length === 1) this.#lines[name](args[0])
      else this.#lines[name](args[0], args[1])
    }
  }
}
