import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { inTime } from './within.ts'

/** An announce as it stands in a datagram (BEP 15). */
export interface UdpAnnounce {
  /** The UDP port that it came from. */
  readonly from: number
  readonly connectionId: bigint
  readonly transactionId: number
  readonly infoHash: string
  readonly downloaded: bigint
  readonly left: bigint
  readonly uploaded: bigint
  readonly event: number
  readonly key: number
  readonly numWant: number
  readonly port: number
  /** Behind the announce (BEP 41). */
  readonly options: Buffer
}

export interface UdpTrackerBehaviour {
  /** Datagrams to answer a `connect` with; a good one when absent. */
  readonly onConnect?: (transactionId: number, count: number) => readonly Uint8Array[]
  /** Datagrams to answer an announce with; one peer when absent. */
  readonly onAnnounce?: (announce: UdpAnnounce, count: number) => readonly Uint8Array[]
}

export const CONNECTION_ID = 0x1122334455667788n

/** A UDP tracker on loopback written from the protocol, closed when the test ends. */
export class UdpTracker {
  readonly announces: UdpAnnounce[] = []
  connects = 0
  readonly #socket: Socket
  readonly #behaviour: UdpTrackerBehaviour

  private constructor(socket: Socket, behaviour: UdpTrackerBehaviour) {
    this.#socket = socket
    this.#behaviour = behaviour
    socket.on('message', (datagram, from) => this.#onDatagram(datagram, from))
    onTestFinished(() => {
      socket.close()
    })
  }

  static async open(
    behaviour: UdpTrackerBehaviour = {},
    host: '127.0.0.1' | '::1' = '127.0.0.1',
  ): Promise<UdpTracker> {
    const socket = createSocket(host === '::1' ? 'udp6' : 'udp4').bind(0, host)
    await once(socket, 'listening')
    return new UdpTracker(socket, behaviour)
  }

  get port(): number {
    return this.#socket.address().port
  }

  get url(): string {
    const { address, port } = this.#socket.address()
    return `udp://${address.includes(':') ? `[${address}]` : address}:${port}`
  }

  /** Resolves with the datagram's announce once there are `count`. */
  announce(count: number): Promise<UdpAnnounce> {
    return inTime(`announce ${count}`, this.#announce(count))
  }

  async #announce(count: number): Promise<UdpAnnounce> {
    for (;;) {
      const announce = this.announces[count - 1]
      if (announce !== undefined) return announce
      await once(this.#socket, 'message')
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #onDatagram(datagram: Buffer, from: RemoteInfo): void {
    const action = datagram.readUInt32BE(8)
    const transactionId = datagram.readUInt32BE(12)
    const { onConnect, onAnnounce } = this.#behaviour
    if (action === 0) {
      this.connects++
      const answers = onConnect?.(transactionId, this.connects) ?? [connected(transactionId)]
      this.#send(answers, from)
      return
    }
    const announce = readAnnounce(datagram, from.port)
    this.announces.push(announce)
    const answers = onAnnounce?.(announce, this.announces.length) ?? [
      announced(transactionId, [127, 0, 0, 1, 0x1a, 0xe1]),
    ]
    this.#send(answers, from)
  }

  #send(datagrams: readonly Uint8Array[], { port, address }: RemoteInfo): void {
    for (const datagram of datagrams) this.#socket.send(datagram, port, address)
  }
}

export function connected(transactionId: number): Uint8Array {
  const answer = Buffer.alloc(16)
  answer.writeUInt32BE(transactionId, 4)
  answer.writeBigUInt64BE(CONNECTION_ID, 8)
  return answer
}

/** `interval` in seconds. */
export function announced(
  transactionId: number,
  peers: readonly number[],
  interval = 1_800,
): Uint8Array {
  const head = Buffer.alloc(20)
  head.writeUInt32BE(1, 0)
  head.writeUInt32BE(transactionId, 4)
  head.writeInt32BE(interval, 8)
  head.writeUInt32BE(3, 12)
  head.writeUInt32BE(7, 16)
  return Buffer.concat([head, Buffer.from(peers)])
}

export function refused(transactionId: number, reason: string): Uint8Array {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(3, 0)
  head.writeUInt32BE(transactionId, 4)
  return Buffer.concat([head, Buffer.from(reason)])
}

function readAnnounce(datagram: Buffer, from: number): UdpAnnounce {
  return {
    from,
    connectionId: datagram.readBigUInt64BE(0),
    transactionId: datagram.readUInt32BE(12),
    infoHash: datagram.toString('hex', 16, 36),
    downloaded: datagram.readBigInt64BE(56),
    left: datagram.readBigInt64BE(64),
    uploaded: datagram.readBigInt64BE(72),
    event: datagram.readUInt32BE(80),
    key: datagram.readUInt32BE(88),
    numWant: datagram.readInt32BE(92),
    port: datagram.readUInt16BE(96),
    options: datagram.subarray(98),
  }
}
