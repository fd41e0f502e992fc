import { type DestinationStream, type Logger as JsonLogger, pino } from 'pino'
import type { LogLevel } from './log.ts'
import { printable } from './printable.ts'

/** JSON lines to `destination`; without one, to standard output. */
export function createLogger(level: LogLevel, destination?: DestinationStream): JsonLogger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // Keeps the causes apart; the usual one joins their messages, which ours contain already.
    serializers: { err: pino.stdSerializers.errWithCause },
    // JSON escapes what is below the space; `docker logs` shows the rest on a terminal.
    hooks: { streamWrite: (line: string) => `${printable(line.trimEnd())}\n` },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

export type { JsonLogger }
