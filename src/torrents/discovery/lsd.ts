import { randomBytes } from 'node:crypto'
import { networkInterfaces as systemInterfaces } from 'node:os'
import type { Clock } from '../../clock.ts'
import { endpointOf } from '../../peer-address.ts'
import { RateBudget, RateBudgets } from '../rates/rate-budget.ts'
import { encodeLsdMessage, MAX_INFO_HASHES, MAX_LSD_BYTES, parseLsdMessage } from './lsd-message.ts'
import { LsdSocket, type NetworkInterfaces } from './lsd-socket.ts'

export interface LsdOptions {
  readonly clock: Clock
  readonly log: { debug(facts: object, message: string): void }
  /** 6771 when absent. */
  readonly port?: number
  readonly networkInterfaces?: () => NetworkInterfaces
}

interface Announced {
  readonly infoHash: string
  readonly port: number
  readonly onPeer: (address: string) => void
  /** Peers that may still be told before our next announce. */
  peersLeft: number
  cancelTimer: () => void
}

const LSD_PORT = 6771
const ANNOUNCE_AGAIN_MS = 5 * 60_000
/** Torrents that are added together share a datagram. */
const GATHER_MS = 200
/** Between two datagrams of ours. */
const BETWEEN_DATAGRAMS_MS = 1_000
const LOOK_FOR_INTERFACES_MS = 60_000
/** Datagrams that are read, of everybody. */
const RATE = { burst: 100, perSecond: 20 }
/** Of one address: what it takes to announce some hundreds of torrents. */
const RATE_PER_SENDER = { burst: 20, perSecond: 2 }
const MAX_SENDERS = 256
/** For one torrent between two announces. */
const MAX_PEERS = 50

/** Local service discovery (BEP 14): peers in the same network, through one socket per IP version. */
export class Lsd {
  readonly #options: LsdOptions
  readonly #cookie = randomBytes(8).toString('hex')
  readonly #announced = new Map<string, Announced>()
  readonly #due = new Set<Announced>()
  readonly #sockets: readonly LsdSocket[]
  readonly #budget: RateBudget
  readonly #budgets: RateBudgets
  #cancelSending: (() => void) | null = null
  #cancelLooking: (() => void) | null = null
  #sentAt = Number.NEGATIVE_INFINITY
  #isClosed = false

  constructor(options: LsdOptions) {
    this.#options = options
    const { clock, log, port = LSD_PORT } = options
    const now = (): number => clock.now()
    this.#budget = new RateBudget(RATE, now)
    this.#budgets = new RateBudgets(RATE_PER_SENDER, MAX_SENDERS, now)
    const onDatagram = (datagram: Uint8Array, address: string): void =>
      this.#onDatagram(datagram, address)
    this.#sockets = (['IPv4', 'IPv6'] as const).map(
      (family) => new LsdSocket({ family, port, log, onDatagram }),
    )
  }

  /**
   * Announces a torrent that we have on TCP `port`, every 5 minutes, and tells others who do, as
   * `ip:port`, until the returned function is called.
   */
  announce(infoHash: string, port: number, onPeer: (address: string) => void): () => void {
    if (this.#isClosed) return () => {}
    this.#announced.get(infoHash)?.cancelTimer()
    const announced = {
      ...{ infoHash, port, onPeer, peersLeft: MAX_PEERS, cancelTimer: () => {} },
    }
    this.#announced.set(infoHash, announced)
    if (this.#cancelLooking === null) this.#look()
    this.#announceSoon(announced)
    return () => {
      announced.cancelTimer()
      this.#due.delete(announced)
      if (this.#announced.get(infoHash) === announced) this.#announced.delete(infoHash)
    }
  }

  close(): void {
    this.#isClosed = true
    for (const { cancelTimer } of this.#announced.values()) cancelTimer()
    this.#announced.clear()
    this.#due.clear()
    this.#cancelSending?.()
    this.#cancelLooking?.()
    for (const socket of this.#sockets) socket.close()
  }

  /** Interfaces have changed. */
  look(): void {
    if (this.#isClosed || this.#cancelLooking === null) return
    this.#cancelLooking()
    this.#look()
  }

  #look(): void {
    const interfaces = (this.#options.networkInterfaces ?? systemInterfaces)()
    for (const socket of this.#sockets) socket.look(interfaces)
    this.#cancelLooking = this.#options.clock.after(LOOK_FOR_INTERFACES_MS, () => this.#look())
  }

  #announceSoon(announced: Announced): void {
    this.#due.add(announced)
    if (this.#cancelSending !== null) return
    const { clock } = this.#options
    const waitMs = Math.max(GATHER_MS, this.#sentAt + BETWEEN_DATAGRAMS_MS - clock.now())
    this.#cancelSending = clock.after(waitMs, () => {
      this.#cancelSending = null
      this.#send()
    })
  }

  /** As many as a datagram holds; the others follow. */
  #send(): void {
    const { clock } = this.#options
    const [first] = this.#due
    if (first === undefined) return
    this.#sentAt = clock.now()
    const together = [...this.#due]
      .filter(({ port }) => port === first.port)
      .slice(0, MAX_INFO_HASHES)
    const infoHashes = together.map(({ infoHash }) => infoHash)
    for (const socket of this.#sockets) {
      const message = { infoHashes, port: first.port, cookie: this.#cookie }
      void socket.send(encodeLsdMessage(message, socket.host))
    }
    for (const announced of together) {
      this.#due.delete(announced)
      announced.peersLeft = MAX_PEERS
      announced.cancelTimer = clock.after(ANNOUNCE_AGAIN_MS, () => this.#announceSoon(announced))
    }
    const [next] = this.#due
    if (next !== undefined) this.#announceSoon(next)
  }

  #onDatagram(datagram: Uint8Array, address: string): void {
    if (datagram.length > MAX_LSD_BYTES) return
    if (!this.#budgets.take(address) || !this.#budget.take()) return
    const message = parseLsdMessage(datagram)
    if (message === null || message.cookie === this.#cookie) return
    const peer = endpointOf({ address, port: message.port })
    for (const infoHash of message.infoHashes) {
      const announced = this.#announced.get(infoHash)
      if (announced === undefined || announced.peersLeft === 0) continue
      announced.peersLeft--
      announced.onPeer(peer)
    }
  }
}
