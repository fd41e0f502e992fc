import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Until it answers; one answer of a machine that is busy. */
const START_MS = 60_000
const PROBE_MS = 5_000

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** The full path of a command, looked for in PATH and in `others`; null if there is none. */
export function findCommand(name: string, others: readonly string[] = []): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))
  return [...others, ...folders].find((path) => existsSync(path)) ?? null
}

/** A foreign program, stopped with us, whose output goes to a file. */
export class Program {
  readonly #child: ChildProcess
  readonly #logPath: string
  /** Settles once, also where it could not be started. */
  readonly #ended: Promise<void>
  #error: Error | null = null

  constructor(line: readonly [string, ...string[]], logPath: string, env: NodeJS.ProcessEnv = {}) {
    const log = openSync(logPath, 'a')
    const [command, ...args] = line
    this.#logPath = logPath
    const child = spawn(command, args, {
      stdio: ['pipe', log, log],
      env: { ...process.env, ...env },
    })
    closeSync(log)
    this.#child = child
    // Whoever ends does not read what it is told.
    child.stdin?.on('error', () => {})
    running.add(child)
    this.#ended = new Promise((resolve) => {
      child.once('exit', () => resolve())
      child.once('error', (error) => {
        this.#error = error
        resolve()
      })
    })
    void this.#ended.then(() => running.delete(child))
  }

  /** @throws Error where it could not be started */
  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(this.#lastWords(), { cause: this.#error })
    return this.#child.pid
  }

  get hasExited(): boolean {
    const { pid, exitCode, signalCode } = this.#child
    return pid === undefined || exitCode !== null || signalCode !== null
  }

  /** Waits until `url` answers anything; throws if the program ends before, or after a minute. */
  async isAnswering(url: string): Promise<void> {
    const deadline = performance.now() + START_MS
    for (;;) {
      if (this.hasExited) {
        await this.#ended
        throw new Error(this.#lastWords(), { cause: this.#error })
      }
      if (performance.now() > deadline) {
        throw new Error(`${url} does not answer within ${START_MS} ms: ${this.#log()}`)
      }
      const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS) }).catch(() => null)
      await response?.body?.cancel()
      if (response) return
      await sleep(20)
    }
  }

  /** SIGTERM, and SIGKILL for whoever is still there after 3 s. */
  async stop(): Promise<void> {
    if (this.hasExited) return
    this.#child.kill('SIGTERM')
    const force = setTimeout(() => this.#child.kill('SIGKILL'), 3_000)
    await this.#ended
    clearTimeout(force)
  }

  #lastWords(): string {
    const { exitCode, signalCode } = this.#child
    return `exited with ${this.#error?.message ?? exitCode ?? signalCode}: ${this.#log()}`
  }

  #log(): string {
    return readFileSync(this.#logPath, 'utf8').trim().slice(-300)
  }
}
