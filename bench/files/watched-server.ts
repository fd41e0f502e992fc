import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../free-port.ts'
import { CLI, NODE_FLAGS } from '../start-command.ts'

const LOOP_DELAY = fileURLToPath(new URL('loop-delay.mjs', import.meta.url))
const ALONE = ['--no-dht', '--no-lsd', '--no-trackers', '--no-port-forward']
/** Of one answer of a server that is busy. */
const PROBE_MS = 5_000

/** Tributary as built in dist/, whose event loop is watched. */
export class WatchedServer {
  readonly base: string
  readonly #child: ChildProcess

  private constructor(base: string, child: ChildProcess) {
    this.base = base
    this.#child = child
  }

  /** Resolves when it answers; `more` are options of its command line. */
  static async start(folder: string, more: readonly string[] = []): Promise<WatchedServer> {
    const port = await freePort()
    const args = [
      ...[...NODE_FLAGS, '--import', LOOP_DELAY, CLI, '--dir', folder],
      ...['--host', '127.0.0.1', '--port', `${port}`, '--peer-port', `${await freePort()}`],
      ...['--log-level', 'warn', '--on-demand', ...ALONE, ...more],
    ]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    process.once('exit', () => child.kill('SIGKILL'))
    const server = new WatchedServer(`http://127.0.0.1:${port}`, child)
    while (!(await server.answers())) await sleep(20)
    return server
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get #hasExited(): boolean {
    const { pid, exitCode, signalCode } = this.#child
    return pid === undefined || exitCode !== null || signalCode !== null
  }

  async answers(): Promise<boolean> {
    const { exitCode, signalCode } = this.#child
    if (this.#hasExited) throw new Error(`it ended with ${exitCode ?? signalCode}`)
    const signal = AbortSignal.timeout(PROBE_MS)
    const response = await fetch(this.base, { signal }).catch(() => null)
    await response?.body?.cancel()
    return response !== null
  }

  /** The longest that the event loop was held up since the last call, in milliseconds. */
  async longestDelayMs(): Promise<number> {
    this.#child.send('longest')
    const [longestMs] = (await once(this.#child, 'message')) as [number]
    return longestMs
  }

  /** Measures no delays until they are asked for again: looking 200 times a second is work of its own. */
  restMeasuring(): void {
    this.#child.send('rest')
  }

  async stop(): Promise<void> {
    if (this.#hasExited) return
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await exit
  }
}
