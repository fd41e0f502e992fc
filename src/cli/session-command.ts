import type { Config } from '../config/config.ts'
import { engineFaults } from '../engine-faults.ts'
import { createLogger } from '../json-log.ts'
import type { Logger } from '../log.ts'
import { readableLine } from './terminal-log.ts'

/** What commands work with that open a session of their own. */
export interface SessionPorts {
  /** Aborted when the person, or the system, wants an end. */
  readonly signal: AbortSignal
  readonly log: Logger
}

/** The signal that ended a command, as the reason of its AbortSignal. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly signal: NodeJS.Signals

  constructor(signal: NodeJS.Signals) {
    super(`ended by ${signal}`)
    this.signal = signal
  }
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a command that ends at a signal; one that comes again ends the process at once. The log goes to
 * standard error, in lines for people.
 */
export async function runWithSession(
  { logLevel }: Pick<Config, 'logLevel'>,
  command: (ports: SessionPorts) => Promise<void>,
): Promise<void> {
  const destination = { write: (line: string) => process.stderr.write(readableLine(line)) }
  const log = createLogger(logLevel, destination)
  engineFaults.reportTo(log)
  const controller = new AbortController()
  for (const signal of SIGNALS) {
    process.once(signal, () => controller.abort(new Interrupted(signal)))
  }
  process.on('uncaughtException', (error) => {
    if (engineFaults.claims('exception', error)) return
    controller.abort(error)
  })
  process.on('unhandledRejection', (error) => {
    if (engineFaults.claims('rejection', error)) return
    log.error({ err: error }, 'unhandled rejection')
  })
  await command({ signal: controller.signal, log })
}
