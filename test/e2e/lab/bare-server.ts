import { type ChildProcess, spawn } from 'node:child_process'
import { onTestFinished } from 'vitest'
import { freePort } from '../../../bench/free-port.ts'
import { within } from '../../helpers/within.ts'
import { CLI_PATH } from './tributary.ts'
import { waitFor } from './wait-for.ts'

/** A machine that is busy answers late, and is asked again. */
const PROBE_MS = 5_000
const START_MS = 90_000
/** Of an answer, and of an end in order. */
const LONGEST_MS = 60_000

/** Our server as a process of this machine, without a network of its own: it starts fast. It ends with its test. */
export class BareServer {
  readonly #process: ChildProcess
  readonly #origin: string
  /** Resolves when it has ended and all that it has written is here. */
  readonly exited: Promise<void>
  #output = ''
  #isToEnd = false

  static async start(folder: string, more: readonly string[] = []): Promise<BareServer> {
    const server = await BareServer.launch(folder, more)
    try {
      const found = await waitFor('the server to answer', () => server.#look(), {
        ...{ intervalMs: 25, timeoutMs: START_MS },
      })
      if (found === 'ended') throw new Error('it ends at once')
      return server
    } catch (error) {
      await server.#kill()
      throw new Error(`it does not start:\n${server.#output}`, { cause: error })
    }
  }

  /** The same without waiting: it may be killed while it starts. */
  static async launch(folder: string, more: readonly string[] = []): Promise<BareServer> {
    const server = new BareServer(folder, await freePort(), more)
    onTestFinished(() => server.#kill())
    return server
  }

  private constructor(folder: string, port: number, more: readonly string[]) {
    const options = ['--no-dlna', '--no-dht', '--no-lsd', '--no-trackers', '--no-port-forward']
    const args = [CLI_PATH, ...options, '--host', '127.0.0.1', '--port', String(port)]
    this.#process = spawn(process.execPath, [...args, '--peer-port', '0', '--dir', folder, ...more])
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (data: Buffer) => {
        this.#output += data.toString()
      })
    }
    this.#process.on('error', (error) => {
      this.#output += `${error}`
    })
    this.exited = new Promise((resolve) => this.#process.once('close', () => resolve()))
    this.#origin = `http://127.0.0.1:${port}`
  }

  async #look(): Promise<'ready' | 'ended' | null> {
    if (this.hasEnded) return 'ended'
    const signal = AbortSignal.timeout(PROBE_MS)
    const response = await this.fetch('/torrents', { signal }).catch(() => null)
    await response?.body?.cancel()
    return response?.ok === true ? 'ready' : null
  }

  get hasEnded(): boolean {
    const { pid, exitCode, signalCode } = this.#process
    return pid === undefined || exitCode !== null || signalCode !== null
  }

  get output(): string {
    return this.#output
  }

  /** Rejects with a TypeError where the server is killed meanwhile. */
  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.#origin + path, { signal: AbortSignal.timeout(LONGEST_MS), ...init })
  }

  /** Rejects unless the answer is 2xx, or where the server is killed meanwhile. */
  async call<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await this.fetch(path, init)
    const text = await response.text()
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`)
    return JSON.parse(text) as T
  }

  /** Nothing happens the second time. @throws Error where it has ended by itself before, or does not end in order */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.#isToEnd) return await this.#kill()
    this.#isToEnd = true
    this.#process.kill(signal)
    await within(`the server to end after ${signal}`, this.exited, LONGEST_MS)
    const { exitCode, signalCode } = this.#process
    if (signal === 'SIGKILL' ? signalCode === signal : exitCode === 0) return
    const how = `it has ended with ${exitCode ?? signalCode} where ${signal} was to end it`
    throw new Error(`${how}:\n${this.#output}`)
  }

  async #kill(): Promise<void> {
    this.#isToEnd = true
    this.#process.kill('SIGKILL')
    await within('the killed server to be gone', this.exited)
  }
}
