import type { LookupAddress } from 'node:dns'
import { isIPv6 } from 'node:net'
import type { Clock } from '../../clock.ts'
import { unmappedAddress } from '../../ip-address.ts'
import type { Logger } from '../../log.ts'
import { TorrentError } from '../torrent-error.ts'
import { BoundNames } from './bound-names.ts'
import { type BoundSocket, HeldSockets } from './held-sockets.ts'
import {
  findLocalAddresses,
  type LocalAddresses,
  type NetworkInterfaces,
} from './local-addresses.ts'
import { internetFault, RouteFaults } from './route-faults.ts'
import type { Routes } from './routes.ts'

/** A look at the interfaces takes 0.1 ms; where the system tells of changes, nobody waits for it. */
const LOOK_MS = 2_000
export interface BindingOptions {
  /** The name of an interface, or an address that one has. */
  readonly to: string
  /** Where names are asked for, `ip` or `ip:port`; `null` for the name servers of the system. */
  readonly nameServers: readonly string[] | null
  readonly routes: Routes
  readonly networkInterfaces: () => NetworkInterfaces
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Holds all BitTorrent traffic to one interface (`--bind`). Who opens a socket asks for the address of
 * ours to bind it to, and before it sends to anybody, whether the system would do so by that
 * interface. When the interface or its address goes, sockets are closed, and nothing is sent until
 * it is back.
 */
export class Binding {
  readonly #options: BindingOptions
  readonly #names: BoundNames
  #addresses: LocalAddresses | null
  readonly #listeners = new Set<() => void>()
  readonly #sockets = new HeldSockets()
  readonly #faults: RouteFaults
  #looking: Promise<void> | null = null
  #mustLookAgain = false
  #cancelLook = (): void => {}
  #isClosed = false

  /**
   * Throws TorrentError `bad-binding` where the interface is not there, or the system sends to the
   * internet by another one.
   */
  static async open(options: BindingOptions): Promise<Binding> {
    const binding = new Binding(options)
    const { to, routes, log } = options
    const addresses = binding.#addresses
    if (addresses === null) {
      throw new TorrentError('bad-binding', `${to} is not there: no interface or address (--bind)`)
    }
    const fault = await internetFault(routes, addresses)
    if (fault !== null) throw new TorrentError('bad-binding', `--bind ${to}: ${fault}`)
    const { kind } = await routes.wayTo(LOOPBACK_OF[familyOf(addresses)], sourceOf(addresses))
    if (kind === 'unknown') {
      log.warn(
        { bind: to },
        'nothing tells here which way the system sends, as `ip` does on Linux: make sure that it is the one bound to',
      )
    }
    routes.watch(() => binding.#look('told'))
    binding.#lookLater()
    log.info({ ...addresses }, 'BitTorrent traffic is bound')
    return binding
  }

  private constructor(options: BindingOptions) {
    this.#options = options
    this.#faults = new RouteFaults(options.routes, options.clock)
    this.#names = new BoundNames(this, options.nameServers)
    this.#addresses = findLocalAddresses(options.to, options.networkInterfaces())
  }

  /** What there is now; `null` while the interface is away. */
  get addresses(): LocalAddresses | null {
    return this.#addresses
  }

  /** Ours, to bind a socket to; `null` where there is none now. */
  source(family: 4 | 6): string | null {
    const { ipv4 = null, ipv6 = null } = this.#addresses ?? {}
    return family === 4 ? ipv4 : ipv6
  }

  /** Our address to send to `host` from. Rejects with an Error in words where nothing may be sent. */
  async sourceTo(host: string): Promise<string> {
    const destination = unmappedAddress(host).replace(/%.*$/, '')
    const addresses = this.#addresses
    const source = this.#sourceFor(destination)
    if (source === null || addresses === null) throw new Error(this.#absence(destination))
    const { interfaceName } = addresses
    const fault = await this.#faults.find(destination, { address: source, interfaceName })
    if (fault !== null) throw new Error(fault)
    // The interface may have gone while the system was asked.
    if (this.#sourceFor(destination) !== source) throw new Error(this.#absence(destination))
    return source
  }

  /** The addresses of a name, asked for from ours. Rejects with an Error in words for people. */
  lookUp(name: string): Promise<readonly LookupAddress[]> {
    return this.#names.lookUp(name)
  }

  /** True where `sourceTo` has said yes not long ago. */
  maySendTo(host: string): boolean {
    return this.#faults.known(unmappedAddress(host)) === null && this.#sourceFor(host) !== null
  }

  /** The socket, which goes to `host`, is destroyed when nothing may be sent there any more. */
  hold(socket: BoundSocket, host: string): void {
    this.#sockets.hold(socket, unmappedAddress(host))
  }

  letGo(socket: BoundSocket): void {
    this.#sockets.letGo(socket)
  }

  /** Called when our addresses have changed, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when what has changed by now has been seen. */
  async settled(): Promise<void> {
    this.#look('asked')
    while (this.#looking !== null) await this.#looking
  }

  close(): void {
    this.#isClosed = true
    this.#cancelLook()
    this.#listeners.clear()
    this.#sockets.clear()
    this.#options.routes.close()
  }

  #sourceFor(host: string): string | null {
    return this.source(isIPv6(host) ? 6 : 4)
  }

  #absence(host: string): string {
    const { to } = this.#options
    return this.#addresses === null
      ? `${to} is not there now (--bind)`
      : `${to} has no ${isIPv6(host) ? 'IPv6' : 'IPv4'} address (--bind)`
  }

  #lookLater(): void {
    if (this.#isClosed) return
    this.#cancelLook = this.#options.clock.after(LOOK_MS, () => {
      this.#look('asked')
      this.#lookLater()
    })
  }

  #look(why: 'told' | 'asked'): void {
    if (this.#isClosed) return
    if (why === 'told') this.#faults.forget()
    const { to, networkInterfaces, log } = this.#options
    const found = findLocalAddresses(to, networkInterfaces())
    if (isSame(found, this.#addresses)) {
      this.#recheck(why)
      return
    }
    this.#addresses = found
    if (found === null) log.warn({ bind: to }, 'what BitTorrent is bound to is gone: it stops')
    else log.info({ ...found }, 'BitTorrent traffic is bound')
    this.#change()
  }

  #change(): void {
    this.#faults.forget()
    this.#sockets.destroyAll()
    for (const listener of [...this.#listeners]) listener()
  }

  /** Connections would go along where routes have changed, of which nobody may have told us. */
  #recheck(why: 'told' | 'asked'): void {
    if (this.#looking !== null) {
      // What was asked before may be wrong by now.
      if (why === 'told') this.#mustLookAgain = true
      return
    }
    const mayReach = (host: string): Promise<boolean> => {
      return this.sourceTo(host).then(
        () => true,
        () => false,
      )
    }
    this.#looking = this.#sockets.destroyUnless(mayReach).finally(() => {
      this.#looking = null
      if (!this.#mustLookAgain || this.#isClosed) return
      this.#mustLookAgain = false
      this.#recheck('told')
    })
  }
}

const LOOPBACK_OF = { ipv4: '127.0.0.1', ipv6: '::1' } as const

function familyOf({ ipv4 }: LocalAddresses): 'ipv4' | 'ipv6' {
  return ipv4 === null ? 'ipv6' : 'ipv4'
}

function sourceOf({ ipv4, ipv6 }: LocalAddresses): string {
  return ipv4 ?? ipv6 ?? ''
}

function isSame(one: LocalAddresses | null, other: LocalAddresses | null): boolean {
  return (
    one?.interfaceName === other?.interfaceName &&
    one?.ipv4 === other?.ipv4 &&
    one?.ipv6 === other?.ipv6
  )
}
