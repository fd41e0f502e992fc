#!/usr/bin/env node
import { constants } from 'node:os'
import type { App, AppPorts } from './app.ts'
import { bannerText } from './cli/banner.ts'
import { CliError } from './cli/cli-error.ts'
import { endWithOutput, outliveOutput } from './cli/output-errors.ts'
import { runCommand } from './cli/run-command.ts'
import { Interrupted } from './cli/session-command.ts'
import { activatedDescriptor } from './cli/socket-activation.ts'
import { readableLine } from './cli/terminal-log.ts'
import { parseCommandLine } from './config/command-line.ts'
import { commandRows } from './config/commands.ts'
import type { Config } from './config/config.ts'
import { ConfigError } from './config/config-error.ts'
import { helpText } from './config/help.ts'
import { engineFaults } from './engine-faults.ts'
import { createLogger, type JsonLogger } from './json-log.ts'
import type { Logger, LogLevel } from './log.ts'
import { packageVersion } from './package-version.ts'
import { printable } from './printable.ts'

const EXIT_FAILED = 1
const EXIT_BAD_USAGE = 2
/** Shells expect it of a process that a signal has ended. */
const SIGNAL_EXIT_BASE = 128

/** All of the way out: byebye, what is to be written, the engine. Whoever stops us waits 5 s. */
const CLOSE_DEADLINE_MS = 4_500

await main()

async function main(): Promise<void> {
  try {
    const command = parseCommandLine(process.argv.slice(2), process.env)
    if (command.kind === 'run') {
      outliveOutput()
      await run(command.config, command.warnings)
      return
    }
    // What has a session open closes it first.
    if (command.kind !== 'download' && command.kind !== 'share') endWithOutput()
    if (command.kind === 'help') process.stdout.write(helpText(commandRows()))
    else if (command.kind === 'version') console.log(packageVersion())
    else await runCommand(command)
    // What a command has opened is closed; nothing of the engine below may keep it.
    process.exitCode = 0
    process.stdout.write('', () => setImmediate(() => process.exit()))
  } catch (error) {
    if (error instanceof Interrupted)
      process.exit(SIGNAL_EXIT_BASE + constants.signals[error.signal])
    console.error(`tributary: ${lastWords(error)}`)
    // Whatever did start must not keep the process.
    process.exit(error instanceof ConfigError ? EXIT_BAD_USAGE : EXIT_FAILED)
  }
}

/** What strangers named is made safe to print; the lines of our own lists stay lines. */
function lastWords(error: unknown): string {
  if (error instanceof CliError) return error.lines.map(printable).join('\n')
  return printable(error instanceof Error ? error.message : String(error))
}

async function run(config: Config, warnings: readonly string[]): Promise<void> {
  const isTerminal = process.stdout.isTTY === true
  const readable = { write: (line: string) => process.stdout.write(readableLine(line)) }
  const isText = (config.logFormat ?? (isTerminal ? 'text' : 'json')) === 'text'
  const log = createLogger(config.logLevel, isText ? readable : undefined)
  for (const warning of warnings) log.warn(warning)
  engineFaults.reportTo(log)
  // The wire is watched at debug, if need be against the level of the log.
  const wireLog = log.child({}, { level: 'debug' })
  const setLogLevel = (level: LogLevel): void => {
    log.level = level
  }
  const descriptor = activatedDescriptor(process.env, process.pid)
  const ending = new AbortController()
  const starting = load(config, {
    ...{ log, wireLog, setLogLevel, descriptor },
    ...{ logFeed: log.feed, ending: ending.signal },
  })
  endOnSignals(starting, ending, log)
  const app = await starting.catch((error: unknown) => {
    if (ending.signal.aborted) return null
    throw error
  })
  // A signal came before: whoever has heard it exits.
  if (app === null) return
  if (isTerminal && isText) process.stdout.write(bannerText(app.facts))
  else announce(app, log)
}

/** Loading takes a while; --help need not wait for it, and signals are heard meanwhile. */
async function load(config: Config, ports: AppPorts): Promise<App> {
  const { loadInParts } = await import('./app/load-in-parts.ts')
  await loadInParts()
  const { startApp } = await import('./app.ts')
  return await startApp(config, ports)
}

function announce({ facts }: App, log: Logger): void {
  const { warnings, ...rest } = facts
  log.info(rest, 'server started')
  for (const warning of warnings) log.warn(warning)
}

/**
 * A terminal signals its whole process group, and npm passes on what it gets: the second signal
 * means the same as the first.
 */
function endOnSignals(starting: Promise<App>, ending: AbortController, log: JsonLogger): void {
  let isEnding = false
  const end = async (exitCode: number): Promise<void> => {
    if (isEnding) return
    isEnding = true
    setTimeout(() => {
      log.error({ deadlineMs: CLOSE_DEADLINE_MS }, 'closing takes too long')
      process.exit(EXIT_FAILED)
    }, CLOSE_DEADLINE_MS)
    ending.abort(new Error('the server is to end'))
    // What a start has begun that is given up is closed when it rejects.
    const app = await starting.catch(() => null)
    await app?.close()
    log.info('server stopped')
    process.exit(exitCode)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      log.info({ signal }, 'stopping')
      void end(0)
    })
  }
  process.on('uncaughtException', (error) => {
    if (engineFaults.claims('exception', error)) return
    log.fatal({ err: error }, 'uncaught exception')
    void end(EXIT_FAILED)
  })
  process.on('unhandledRejection', (error) => {
    if (engineFaults.claims('rejection', error)) return
    log.error({ err: error }, 'unhandled rejection')
  })
}
