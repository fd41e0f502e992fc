import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { inTime } from './within.ts'

const HANDSHAKE_BYTES = 68
const PROTOCOL = Buffer.from('\x13BitTorrent protocol', 'latin1')
/** Extension protocol (BEP 10) and fast extension (BEP 6). */
const RESERVED = Buffer.from([0, 0, 0, 0, 0, 0x10, 0, 0x04])

/** Message ids of BEP 3, 6 and 10. */
export const Id = {
  ...{ choke: 0, unchoke: 1, interested: 2, uninterested: 3 },
  ...{ have: 4, bitfield: 5, request: 6, piece: 7, cancel: 8 },
  ...{ haveAll: 14, haveNone: 15, reject: 16, extended: 20 },
} as const

export function message(id: number, body: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(body.length + 1)
  head[4] = id
  return Buffer.concat([head, body])
}

/** Big-endian 32-bit numbers, followed by `data`. */
export function numbers(values: readonly number[], data: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) head.writeUInt32BE(value, 4 * index)
  return Buffer.concat([head, data])
}

/** An extension message (BEP 10); text is bencode as it stands. */
export function extended(id: number, payload: string | Uint8Array): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload
  return message(Id.extended, Buffer.concat([Buffer.from([id]), bytes]))
}

/** 20 characters. */
export const PEER_ID = '-RP0001-abcdefghijkl'

export function handshake(infoHash: string, peerId = PEER_ID): Buffer {
  return Buffer.concat([PROTOCOL, RESERVED, Buffer.from(infoHash, 'hex'), Buffer.from(peerId)])
}

/** A peer that sends what it is told, byte for byte. */
export class RawPeer {
  readonly socket: Socket
  readonly #bodies = new Map<number, Buffer[]>()
  #received = Buffer.alloc(0)
  #isShaken = false

  /** Connects to a peer port and shakes hands; `along` goes in the same write as the handshake. */
  static async connect(
    port: number,
    infoHash: string,
    along: Uint8Array = Buffer.alloc(0),
    peerId = PEER_ID,
  ): Promise<RawPeer> {
    const peer = new RawPeer(connect(port, '127.0.0.1'))
    await inTime('a connection', once(peer.socket, 'connect'))
    peer.socket.write(Buffer.concat([handshake(infoHash, peerId), along]))
    while (!peer.#isShaken) await inTime('a handshake', once(peer.socket, 'data'))
    return peer
  }

  /** Waits to be called, at `address`; answers the handshake with its own, and `along` in the same write. */
  static async listen(
    infoHash: string,
    along: Uint8Array = Buffer.alloc(0),
  ): Promise<{ address: string; peer: Promise<RawPeer> }> {
    const server = createServer()
    onTestFinished(() => {
      server.close()
    })
    const peer = new Promise<RawPeer>((resolve) => {
      server.once('connection', async (socket) => {
        const called = new RawPeer(socket)
        while (!called.#isShaken) await once(socket, 'data')
        socket.write(Buffer.concat([handshake(infoHash), along]))
        resolve(called)
      })
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, peer }
  }

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (data: Buffer) => this.#take(data))
    // A connection that is cut is what some tests are about.
    socket.on('error', () => {})
    onTestFinished(() => {
      socket.destroy()
    })
  }

  send(...messages: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(messages))
  }

  /** The body of the next message of a kind. */
  next(id: number): Promise<Buffer> {
    return inTime(`a message ${id}`, this.#next(id))
  }

  async #next(id: number): Promise<Buffer> {
    for (;;) {
      const body = this.#bodies.get(id)?.shift()
      if (body !== undefined) return body
      if (this.socket.destroyed) throw new Error(`closed before a message ${id} came`)
      await new Promise<void>((resolve) => {
        const look = (): void => {
          this.socket.off('data', look).off('close', look)
          resolve()
        }
        this.socket.on('data', look).on('close', look)
      })
    }
  }

  /** Has a message of a kind come that nobody has taken yet? */
  has(id: number): boolean {
    return (this.#bodies.get(id) ?? []).length > 0
  }

  /** Resolves when the other side has cut the connection. */
  async closed(): Promise<void> {
    if (this.socket.destroyed) return
    const closed = new Promise((resolve) => this.socket.once('close', resolve))
    await inTime('the other side to close', closed)
  }

  #take(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data])
    if (!this.#isShaken) {
      if (this.#received.length < HANDSHAKE_BYTES) return
      this.#isShaken = true
      this.#received = this.#received.subarray(HANDSHAKE_BYTES)
    }
    for (;;) {
      if (this.#received.length < 4) return
      const end = 4 + this.#received.readUInt32BE()
      if (this.#received.length < end) return
      const [id, ...body] = this.#received.subarray(4, end)
      if (id !== undefined)
        this.#bodies.set(id, [...(this.#bodies.get(id) ?? []), Buffer.from(body)])
      this.#received = this.#received.subarray(end)
    }
  }
}
