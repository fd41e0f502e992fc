/** Takes a message with or without facts; an error is the fact `err`. */
export interface LogMethod {
  (facts: object, message: string): void
  (message: string): void
}

/**
 * Where the program says what it does; a logger of pino is one. Messages are lower-case, facts are
 * fields: `log.debug({ st, from }, 'answered search')`. Parts of the program take
 * `log.child({ name: 'ssdp' })`; wire traffic goes to children named `<part>.traffic` at debug.
 */
export interface Logger {
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  readonly error: LogMethod
  /** A logger that adds these facts to all that it is told. */
  child(facts: Record<string, unknown>): Logger
}

export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

export type LogLevel = (typeof LOG_LEVELS)[number]

const nothing = (): void => {}

const SILENT: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => SILENT,
}

/** A logger that says nothing, for code that is used without one. */
export function silentLogger(): Logger {
  return SILENT
}
