import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { CLI_PATH } from './tributary.ts'
import { waitFor } from './wait-for.ts'

/** Our server as a process of this machine, without a network of its own: it starts fast. */
export class BareServer {
  readonly #process: ChildProcess
  readonly #origin: string
  /** Resolves when it has ended. */
  readonly exited: Promise<unknown>
  #output = ''

  static async start(folder: string, more: readonly string[] = []): Promise<BareServer> {
    const server = await BareServer.launch(folder, more)
    await waitFor(
      'the server to answer',
      async () => {
        if (server.#process.exitCode !== null) return 'ended'
        return (await server.fetch('/torrents').catch(() => null))?.ok && 'ready'
      },
      { intervalMs: 25 },
    )
    if (server.#process.exitCode !== null) throw new Error(`it ended:\n${server.#output}`)
    return server
  }

  /** The same without waiting: it may be killed while it starts. */
  static async launch(folder: string, more: readonly string[] = []): Promise<BareServer> {
    return new BareServer(folder, await freePort(), more)
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
    this.exited = once(this.#process, 'exit')
    this.#origin = `http://127.0.0.1:${port}`
  }

  /** `null` while it runs, and where it was killed. */
  get exitCode(): number | null {
    return this.#process.exitCode
  }

  get output(): string {
    return this.#output
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.#origin + path, init)
  }

  /** Rejects unless the answer is 2xx, or where the server is killed meanwhile. */
  async call<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await this.fetch(path, init)
    const text = await response.text()
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`)
    return JSON.parse(text) as T
  }

  /** Nothing happens where it has ended already. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#process.kill(signal)
    await this.exited
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
