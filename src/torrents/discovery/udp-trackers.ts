import { randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import type { LookupAddress } from 'node:dns'
import type { Clock } from '../../clock.ts'
import type { Binding } from '../binding/binding.ts'
import { addressKind } from '../http-client/address-kind.ts'
import type { NameLookup } from '../http-client/name-lookup.ts'
import { orAborted } from '../http-client/or-aborted.ts'
import type { Announce } from './announce.ts'
import type { TrackerAnswer } from './tracker-answer.ts'
import {
  announceRequest,
  connectRequest,
  parseUdpTrackerMessage,
  transactionIdOf,
  type UdpTrackerMessage,
} from './udp-tracker-message.ts'

type Family = 4 | 6

interface Place {
  readonly address: string
  readonly port: number
  readonly family: Family
}

interface Transaction extends Place {
  readonly settle: (message: UdpTrackerMessage) => void
}

interface Connection {
  readonly id: bigint
  readonly at: number
}

/** A place to ask. */
export interface UdpTrackerAddress {
  readonly host: string
  readonly port: number
  readonly urlData: string
}

export interface UdpTrackersOptions {
  readonly names: NameLookup
  /** What the sockets are held to; `null` or absent for nothing. */
  readonly binding?: Binding | null
  readonly clock: Clock
  readonly log: { debug(facts: object, message: string): void }
}

/** 200 IPv6 peers have 3,620 bytes; more come in no datagram of use. */
const MAX_DATAGRAM_BYTES = 4_096
/**
 * When a datagram is sent again, and at last given up. BEP 15 waits for 15 s at first, and a viewer
 * does not; trackers that are asked again later are asked with the same patience.
 */
const WAITS_MS = [1_500, 3_000, 6_000] as const
/** Trackers take one for two minutes; BEP 15 lets us use it for one. */
const CONNECTION_MS = 60_000
const MAX_CONNECTIONS = 1_000

/** All UDP trackers (BEP 15, 41) of a process, through one socket for each IP version. */
export class UdpTrackers {
  readonly #options: UdpTrackersOptions
  readonly #transactions = new Map<number, Transaction>()
  readonly #connections = new Map<string, Connection>()
  readonly #sockets = new Map<Family, Socket>()
  readonly #stopListening: () => void
  #isClosed = false

  constructor(options: UdpTrackersOptions) {
    this.#options = options
    // The next announce opens others.
    this.#stopListening = options.binding?.onChange(() => this.#closeSockets()) ?? (() => {})
  }

  /**
   * Announces. Of several addresses of the tracker the one at `attempt` is asked, IPv4 first. Rejects
   * with an Error in words for people, or the signal's reason.
   */
  async ask(
    tracker: UdpTrackerAddress,
    announce: Announce,
    { signal, attempt }: { signal: AbortSignal; attempt: number },
  ): Promise<TrackerAnswer> {
    const { address, family } = await orAborted(this.#addressOf(tracker.host, attempt), signal)
    const place: Place = { address, port: tracker.port, family: family === 6 ? 6 : 4 }
    const announceOver = (connectionId: bigint): Promise<UdpTrackerMessage> =>
      this.#exchange(place, signal, (transactionId) =>
        announceRequest(connectionId, transactionId, announce, tracker.urlData),
      )
    const known = this.#connectionTo(place)
    let message = await announceOver(known ?? (await this.#connect(place, signal)))
    // Some forget a connection early, and say so.
    if (message.kind === 'error' && known !== null) {
      message = await announceOver(await this.#connect(place, signal))
    }
    switch (message.kind) {
      case 'announce':
        return message.answer
      case 'error':
        return { kind: 'failure', reason: message.reason, retryInSeconds: null }
      case 'connect':
        throw new Error('it answered what it was not asked')
    }
  }

  close(): void {
    this.#isClosed = true
    this.#stopListening()
    this.#closeSockets()
    this.#transactions.clear()
  }

  #closeSockets(): void {
    for (const socket of this.#sockets.values()) closeQuietly(socket)
    this.#sockets.clear()
  }

  async #addressOf(host: string, attempt: number): Promise<LookupAddress> {
    const found = await this.#options.names.addresses(host)
    const usable = found
      .filter(({ address }) => addressKind(address) !== 'unusable')
      .toSorted((one, other) => one.family - other.family)
    const chosen = usable[attempt % usable.length]
    if (chosen === undefined) throw new Error('its address cannot be used')
    return chosen
  }

  #connectionTo(place: Place): bigint | null {
    const known = this.#connections.get(keyOf(place))
    const isFresh = known !== undefined && this.#options.clock.now() - known.at < CONNECTION_MS
    return isFresh ? known.id : null
  }

  async #connect(place: Place, signal: AbortSignal): Promise<bigint> {
    const message = await this.#exchange(place, signal, connectRequest)
    if (message.kind === 'error') throw new Error(message.reason || 'it refuses to connect')
    if (message.kind !== 'connect') throw new Error('it answered what it was not asked')
    const key = keyOf(place)
    this.#connections.delete(key)
    this.#connections.set(key, { id: message.connectionId, at: this.#options.clock.now() })
    if (this.#connections.size > MAX_CONNECTIONS) this.#forgetOldest()
    return message.connectionId
  }

  /** Sends until the answer comes. */
  async #exchange(
    place: Place,
    signal: AbortSignal,
    request: (transactionId: number) => Uint8Array,
  ): Promise<UdpTrackerMessage> {
    const transactionId = this.#freeTransactionId()
    const datagram = request(transactionId)
    let stopWaiting = (): void => {}
    try {
      return await new Promise<UdpTrackerMessage>((resolve, reject) => {
        const abort = (): void => reject(signal.reason)
        signal.addEventListener('abort', abort, { once: true })
        let cancelTimer = (): void => {}
        stopWaiting = () => {
          cancelTimer()
          signal.removeEventListener('abort', abort)
        }
        this.#transactions.set(transactionId, { ...place, settle: resolve })
        const attempt = (number: number): void => {
          const waitMs = WAITS_MS[number]
          if (waitMs === undefined) {
            reject(new Error('timeout: no answer'))
            return
          }
          void this.#send(datagram, place).catch(reject)
          cancelTimer = this.#options.clock.after(waitMs, () => attempt(number + 1))
        }
        attempt(0)
      })
    } finally {
      stopWaiting()
      this.#transactions.delete(transactionId)
    }
  }

  async #send(datagram: Uint8Array, { address, port, family }: Place): Promise<void> {
    const source = await this.#options.binding?.sourceTo(address)
    const socket = this.#socket(family, source)
    await new Promise<void>((resolve, reject) => {
      socket.send(datagram, port, address, (error) => (error === null ? resolve() : reject(error)))
    })
  }

  /** Bound to `source`, an address of ours, where there is one. Throws where there can be none. */
  #socket(family: Family, source: string | undefined): Socket {
    if (this.#isClosed) throw new Error('there is no UDP socket')
    const open = this.#sockets.get(family)
    if (open !== undefined) return open
    const socket = createSocket({ type: family === 4 ? 'udp4' : 'udp6', ipv6Only: family === 6 })
    socket.on('message', (datagram, { address, port }) => {
      this.#onDatagram(datagram, address, port, family)
    })
    // The next announce opens another.
    socket.on('error', (error) => {
      this.#options.log.debug({ err: error }, 'the socket for UDP trackers failed')
      if (this.#sockets.get(family) === socket) this.#sockets.delete(family)
      closeQuietly(socket)
    })
    socket.bind({ port: 0, ...(source === undefined ? {} : { address: source }) })
    this.#sockets.set(family, socket)
    return socket
  }

  /** What nobody waits for, and what comes from elsewhere than it was asked, costs one look. */
  #onDatagram(datagram: Uint8Array, address: string, port: number, family: Family): void {
    if (datagram.length > MAX_DATAGRAM_BYTES) return
    const transactionId = transactionIdOf(datagram)
    const transaction = transactionId === null ? undefined : this.#transactions.get(transactionId)
    if (transaction === undefined) return
    const isFromTracker =
      transaction.family === family &&
      transaction.port === port &&
      transaction.address === address.replace(/%.*$/, '')
    if (!isFromTracker) return
    const message = parseUdpTrackerMessage(datagram, family === 4 ? 'ipv4' : 'ipv6')
    if (message !== null) transaction.settle(message)
  }

  /** Nobody must be able to guess it. */
  #freeTransactionId(): number {
    for (;;) {
      const id = randomInt(2 ** 32)
      if (!this.#transactions.has(id)) return id
    }
  }

  #forgetOldest(): void {
    for (const key of this.#connections.keys()) {
      this.#connections.delete(key)
      return
    }
  }
}

function keyOf({ address, port }: { address: string; port: number }): string {
  return `${address} ${port}`
}

function closeQuietly(socket: Socket): void {
  try {
    socket.close()
  } catch {
    // It is closed already.
  }
}
