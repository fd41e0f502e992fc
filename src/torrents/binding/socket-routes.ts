import { createSocket } from 'node:dgram'
import { readFile } from 'node:fs/promises'
import { isIP, isIPv6 } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'
import type { Clock } from '../../clock.ts'
import { errorCode } from '../../error-code.ts'
import type { NetworkInterfaces } from './local-addresses.ts'
import type { Routes, Way } from './routes.ts'

/** Any: nothing is sent by connecting a UDP socket. */
const PORT = 9
/** The routes are read so often, as nobody tells of changes; ms. */
const LOOK_MS = 1_000
/** Main tables of the kernel (proc(5)); rules and other tables are not shown. */
const TABLES = ['/proc/net/route', '/proc/net/ipv6_route'] as const
const NO_WAY: ReadonlySet<string> = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL'])

export interface SocketRoutesOptions {
  readonly networkInterfaces: () => NetworkInterfaces
  readonly clock: Clock
}

/**
 * What can be told on Linux without iproute2: which of its addresses the system itself would take to send
 * to somebody. Where that is the one that is bound to, its interface is the way, whatever is bound. Rules for
 * what comes from an address are not seen: what only they send there counts as going elsewhere.
 */
export class SocketRoutes implements Routes {
  readonly hint =
    '; rules for what comes from an address cannot be seen without `ip` (iproute2), which is not here'
  readonly #options: SocketRoutesOptions
  #cancel = (): void => {}
  #isClosed = false

  constructor(options: SocketRoutesOptions) {
    this.#options = options
  }

  async wayTo(destination: string, source: string): Promise<Way> {
    const family = isIP(destination)
    if (family === 0 || isIP(source) !== family) return { kind: 'nowhere' }
    try {
      const chosen = await chosenFor(destination)
      const interfaceName = this.#ownerOf(chosen)
      if (interfaceName === null) return { kind: 'nowhere' }
      // What goes to one of our own addresses comes from there, and stays here.
      return { kind: 'by', interfaceName: chosen === destination ? 'lo' : interfaceName }
    } catch (error) {
      return NO_WAY.has(errorCode(error)) ? { kind: 'nowhere' } : { kind: 'untold' }
    }
  }

  watch(changed: () => void): void {
    let before: string | null = null
    const look = async (): Promise<void> => {
      const now = await tables()
      if (this.#isClosed) return
      if (before !== null && now !== before) changed()
      before = now
      this.#cancel = this.#options.clock.after(LOOK_MS, () => void look())
    }
    void look()
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  #ownerOf(address: string): string | null {
    const has = ({ address: own }: NetworkInterfaceInfo): boolean => own === address
    for (const [name, infos = []] of Object.entries(this.#options.networkInterfaces())) {
      if (infos.some(has)) return name
    }
    return /^127\.|^::1$/.test(address) ? 'lo' : null
  }
}

/** The address of ours that the system sends from, where nothing is bound. Rejects with its error. */
function chosenFor(destination: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(destination) ? 'udp6' : 'udp4')
    const settle = (end: () => void): void => {
      socket.close()
      end()
    }
    socket.once('error', (error) => settle(() => reject(error)))
    socket.once('connect', () => {
      const { address } = socket.address()
      settle(() => resolve(address))
    })
    socket.connect(PORT, destination)
  })
}

/** As text; a table that cannot be read is empty. */
async function tables(): Promise<string> {
  const texts = await Promise.all(
    TABLES.map((path) => readFile(path, 'utf8').then(withoutCounters, () => '')),
  )
  return texts.join('\n')
}

/** Uses and references are counted in them, which is no change. */
function withoutCounters(text: string): string {
  return text.replace(/^(\S+ \S+ \S+ \S+ \S+ \S+) \S+ \S+ /gm, '$1 ')
}
