import { type DestinationStream, type LevelWithSilent, type Logger as PinoLogger, pino } from 'pino'
import { printable } from './printable.ts'

/** Messages are lower-case, facts are fields: `log.debug({ st, from }, 'answered search')`. */
export type Logger = PinoLogger
export type LogLevel = LevelWithSilent

export const LOG_LEVELS = [
  'silent',
  'fatal',
  'error',
  'warn',
  'info',
  'debug',
  'trace',
] as const satisfies readonly LogLevel[]

/**
 * JSON lines to `destination`; without one, to standard output. Parts of the program take
 * `log.child({ name: 'ssdp' })`; wire traffic goes to children named `<part>.traffic` at debug.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
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

/** A logger that says nothing, for code that is used without one. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' })
}
