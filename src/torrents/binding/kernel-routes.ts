import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { isIP } from 'node:net'
import { OneByOne } from '../../concurrency/one-by-one.ts'
import { type Routes, UNKNOWN_ROUTES, type Way } from './routes.ts'
import { SocketRoutes, type SocketRoutesOptions } from './socket-routes.ts'

const ANSWER_TIMEOUT_MS = 2_000
const MAX_ANSWER_CHARACTERS = 65_536
/** After its watch has ended, before it is begun again; ms. */
const RESTART_MS = 1_000
/** With `-force` it goes on after what it cannot answer, and says which line that was. */
const REFUSED = /Command failed/

/** Linux asks its kernel through iproute2, or without `ip` by sockets; of other systems nothing is known. */
export async function openSystemRoutes(options: SocketRoutesOptions): Promise<Routes> {
  if (process.platform !== 'linux') return UNKNOWN_ROUTES
  const routes = new KernelRoutes()
  const { kind } = await routes.wayTo('127.0.0.1', '127.0.0.1')
  if (kind === 'by') return routes
  routes.close()
  return new SocketRoutes(options)
}

/**
 * The kernel's own answers (`ip route get`), from one process that is asked line by line: rules and
 * tables are the kernel's to read, and a process for each peer would be too much.
 */
export class KernelRoutes implements Routes {
  readonly hint = ''
  readonly #asking = new OneByOne<'route'>()
  #ip: ChildProcessWithoutNullStreams | null = null
  #monitor: ChildProcessWithoutNullStreams | null = null
  #restart: NodeJS.Timeout | null = null
  #isClosed = false

  async wayTo(destination: string, source: string): Promise<Way> {
    // Nothing else goes into a command.
    if (isIP(destination) === 0 || isIP(source) === 0) return { kind: 'nowhere' }
    try {
      const answer = await this.#asking.run('route', () => this.#ask(destination, source))
      return answer === null ? { kind: 'nowhere' } : parseWay(answer)
    } catch {
      return { kind: 'untold' }
    }
  }

  watch(changed: () => void): void {
    if (this.#isClosed) return
    const monitor = spawn('ip', ['monitor', 'link', 'address', 'route', 'rule'])
    monitor.on('error', () => {})
    monitor.stderr.resume()
    monitor.stdout.on('data', changed)
    // Whatever has ended it: what changes meanwhile nobody tells.
    monitor.once('close', () => {
      if (this.#isClosed) return
      changed()
      this.#restart = setTimeout(() => this.watch(changed), RESTART_MS)
      this.#restart.unref()
    })
    monitor.unref()
    this.#monitor = monitor
  }

  close(): void {
    this.#isClosed = true
    if (this.#restart !== null) clearTimeout(this.#restart)
    this.#ip?.kill()
    this.#monitor?.kill()
  }

  /** One JSON line; `null` where the kernel has no route. */
  #ask(destination: string, source: string): Promise<string | null> {
    const ip = this.#process()
    return new Promise((resolve, reject) => {
      let output = ''
      let complaint = ''
      const settle = (end: () => void): void => {
        clearTimeout(timer)
        ip.stdout.off('data', hear)
        ip.stderr.off('data', complain)
        ip.off('close', gone)
        end()
      }
      const gone = (): void => settle(() => reject(new Error('there is no `ip` to ask')))
      const timer = setTimeout(() => {
        this.#ip = null
        ip.kill()
        settle(() => reject(new Error('`ip` does not answer')))
      }, ANSWER_TIMEOUT_MS)
      const hear = (data: Buffer): void => {
        output += data.toString('utf8')
        if (output.endsWith('\n')) settle(() => resolve(output))
        else if (output.length > MAX_ANSWER_CHARACTERS) ip.kill()
      }
      const complain = (data: Buffer): void => {
        complaint += data.toString('utf8')
        if (REFUSED.test(complaint)) settle(() => resolve(null))
      }
      ip.stdout.on('data', hear)
      ip.stderr.on('data', complain)
      ip.once('close', gone)
      ip.stdin.write(`route get ${destination} from ${source}\n`)
    })
  }

  #process(): ChildProcessWithoutNullStreams {
    if (this.#isClosed) throw new Error('closed')
    if (this.#ip !== null) return this.#ip
    const ip = spawn('ip', ['-json', '-force', '-batch', '-'])
    // It may not be there, or end while it is written to.
    ip.on('error', () => {})
    ip.stdin.on('error', () => {})
    ip.once('close', () => {
      if (this.#ip === ip) this.#ip = null
    })
    ip.unref()
    this.#ip = ip
    return ip
  }
}

/** Of the JSON of `ip -json route get`. */
export function parseWay(answer: string): Way {
  try {
    const routes: unknown = JSON.parse(answer)
    const [route] = Array.isArray(routes) ? (routes as readonly unknown[]) : []
    if (typeof route !== 'object' || route === null || !('dev' in route)) return { kind: 'nowhere' }
    return { kind: 'by', interfaceName: String(route.dev) }
  } catch {
    return { kind: 'untold' }
  }
}
