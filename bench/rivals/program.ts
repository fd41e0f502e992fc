import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

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

/**
 * A TCP port of 127.0.0.1 that was free a moment ago, below those that the kernel hands out to
 * whoever dials: nobody takes it by chance before the program does.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000)
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}

/** A foreign program, stopped with us, whose output goes to a file. */
export class Program {
  readonly #child: ChildProcess
  readonly #logPath: string

  constructor(line: readonly [string, ...string[]], logPath: string, env: NodeJS.ProcessEnv = {}) {
    const log = openSync(logPath, 'a')
    const [command, ...args] = line
    this.#logPath = logPath
    this.#child = spawn(command, args, {
      stdio: ['pipe', log, log],
      env: { ...process.env, ...env },
    })
    closeSync(log)
    running.add(this.#child)
    this.#child.once('exit', () => running.delete(this.#child))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Waits until `url` answers anything; throws if the program ends before. */
  async isAnswering(url: string): Promise<void> {
    for (;;) {
      if (this.hasExited) {
        const log = readFileSync(this.#logPath, 'utf8').trim().slice(-300)
        throw new Error(`exited with ${this.#child.exitCode}: ${log}`)
      }
      const response = await fetch(url).catch(() => null)
      await response?.body?.cancel()
      if (response) return
      await sleep(20)
    }
  }

  /** Settles with the exit status when the program has ended by itself. */
  async exit(): Promise<number | null> {
    if (!this.hasExited) await once(this.#child, 'exit')
    return this.#child.exitCode
  }

  /** SIGTERM, and SIGKILL for whoever is still there after 3 s. */
  async stop(): Promise<void> {
    if (this.hasExited) return
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    const force = setTimeout(() => this.#child.kill('SIGKILL'), 3_000)
    await exit
    clearTimeout(force)
  }
}
