import './utp-binding.ts'
import { createRequire } from 'node:module'
import net from 'node:net'
import { type Duplex, PassThrough } from 'node:stream'
import type WebTorrent from 'webtorrent'
import type { Torrent } from 'webtorrent'
import type { Logger } from '../../log.ts'
import type { Binding } from '../binding/binding.ts'
import type { CallingSocket } from './incoming.ts'
import { utpFault } from './utp-binding.ts'

/** After the address has come back the system may take a moment to let us have the port again. */
const LISTEN_AGAIN_MS = 2_000
const UTP_BUFFER_BYTES = 1024 * 1024

interface UtpSocket extends NodeJS.EventEmitter {
  maxConnections: number
  listen(port: number, address: string): void
  connect(port: number, host: string): Duplex
  close(callback?: () => void): void
  setSendBufferSize(bytes: number): void
  setRecvBufferSize(bytes: number): void
}

interface Utp {
  createServer(): UtpSocket
}

export interface BoundEngineOptions {
  readonly binding: Binding
  /** Connections by uTP that are taken at once. */
  readonly maxUtpConnections: number
  readonly log: Logger
}

/** Where the engine's TCP server shall listen first: in place of its port, which net.Server takes, too. */
export function firstListener(binding: Binding, port: number): { port: number; host: string } {
  return { port, host: binding.source(4) ?? binding.source(6) ?? '127.0.0.1' }
}

/**
 * The engine's sockets, bound: those that it listens on, at each address that there is, and those that it
 * dials from. The engine itself knows no local addresses, so its `_drain` is given another
 * `net.connect` for as long as it runs, which is one turn, and its `utpServer`, which dials as well, is
 * ours.
 */
export class BoundEngine {
  readonly #client: WebTorrent
  readonly #options: BoundEngineOptions
  readonly #utp: Utp | null
  readonly #stopListening: () => void
  #servers: net.Server[] = []
  #utpServer: UtpSocket | null = null
  #timer: NodeJS.Timeout | null = null
  #isClosed = false

  constructor(client: WebTorrent, options: BoundEngineOptions) {
    this.#client = client
    this.#options = options
    this.#utp = utpFault === null ? loadUtp() : null
    const { binding } = options
    const first = client._connPool?.tcpServer
    if (first) {
      // Its own would end the engine where it cannot listen again.
      first.removeAllListeners('error')
      first.on('error', (error) => this.#failed(error))
      this.#servers.push(first)
    }
    const second = binding.source(4) === null ? null : binding.source(6)
    if (second !== null) this.#listenAt(second)
    this.#listenForUtp()
    this.#checkCalls()
    client.on('add', (torrent: Torrent) => this.#bindDials(torrent))
    this.#stopListening = binding.onChange(() => this.#moveAll())
  }

  close(): void {
    this.#isClosed = true
    this.#stopListening()
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#closeAll()
  }

  /** Whoever calls from where we may not send to is not answered. */
  #checkCalls(): void {
    const pool = this.#client._connPool
    if (pool === null) return
    const take = pool._onConnection.bind(pool)
    const { binding } = this.#options
    pool._onConnection = (conn, type) => {
      const socket = conn as CallingSocket
      const host = socket.remoteAddress ?? ''
      const check = async (): Promise<void> => {
        try {
          await binding.sourceTo(host)
        } catch {
          socket.destroy()
          return
        }
        binding.hold(socket, host)
        socket.once('close', () => binding.letGo(socket))
        take(socket, type)
      }
      socket.on('error', () => {})
      void check()
    }
  }

  #bindDials(torrent: Torrent): void {
    const drain = torrent._drain.bind(torrent)
    torrent._drain = () => {
      const { connect } = net
      net.connect = ((to: { host: string; port: number }) =>
        this.#connectTcp(to)) as typeof net.connect
      try {
        drain()
      } finally {
        net.connect = connect
      }
    }
  }

  #connectTcp({ host, port }: { readonly host: string; readonly port: number }): net.Socket {
    const { binding } = this.#options
    const socket = new net.Socket()
    binding.hold(socket, host)
    socket.once('close', () => binding.letGo(socket))
    const connect = async (): Promise<void> => {
      try {
        const localAddress = await binding.sourceTo(host)
        if (!socket.destroyed) socket.connect({ host, port, localAddress })
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(String(error)))
      }
    }
    void connect()
    return socket
  }

  /** TCP has been tried before, so the system has been asked. */
  #dialUtp(server: UtpSocket, to: { readonly port: number; readonly host: string }): Duplex {
    const { binding } = this.#options
    if (!binding.maySendTo(to.host)) {
      return new PassThrough().destroy(new Error(`nothing may be sent to ${to.host} now (--bind)`))
    }
    const connection = Object.getPrototypeOf(server).connect.call(server, to.port, to.host)
    binding.hold(connection, to.host)
    connection.once('close', () => binding.letGo(connection))
    return connection
  }

  #listenAt(host: string): void {
    const server = net.createServer((socket) => this.#called(socket, 'tcp'))
    server.on('error', (error) => this.#failed(error))
    server.listen({ port: this.#client.torrentPort, host })
    this.#servers.push(server)
  }

  #listenForUtp(): void {
    const { binding, maxUtpConnections } = this.#options
    const source = binding.source(4)
    if (this.#utp === null || source === null) return
    const server = this.#utp.createServer()
    server.on('connection', (connection: Duplex) => this.#called(connection, 'utp'))
    server.on('error', (error) => this.#failed(error))
    server.listen(this.#client.torrentPort, source)
    server.setSendBufferSize(UTP_BUFFER_BYTES)
    server.setRecvBufferSize(UTP_BUFFER_BYTES)
    server.maxConnections = maxUtpConnections
    server.connect = (port, host) => this.#dialUtp(server, { port, host })
    this.#setUtpServer(server)
  }

  /** The engine closes it along with its pool, and would make sockets of its own without one. */
  #setUtpServer(server: UtpSocket | null): void {
    this.#utpServer = server
    this.#client.utp = server !== null
    const pool = this.#client._connPool
    if (pool !== null) pool.utpServer = server
  }

  #called(socket: Duplex, type: 'tcp' | 'utp'): void {
    this.#client._connPool?._onConnection(socket, type)
  }

  #moveAll(): void {
    if (this.#isClosed) return
    this.#closeAll()
    for (const torrent of this.#client.torrents) {
      for (const peer of [...(torrent._peers?.values() ?? [])]) peer.destroy()
    }
    const { ipv4 = null, ipv6 = null } = this.#options.binding.addresses ?? {}
    for (const host of [ipv4, ipv6]) if (host !== null) this.#listenAt(host)
    this.#listenForUtp()
  }

  #closeAll(): void {
    for (const server of this.#servers) server.close()
    this.#servers = []
    this.#utpServer?.close()
    this.#setUtpServer(null)
  }

  #failed(error: unknown): void {
    if (this.#isClosed) return
    this.#options.log.warn({ err: error }, 'cannot listen for peers there now')
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#moveAll(), LISTEN_AGAIN_MS).unref()
  }
}

function loadUtp(): Utp {
  const { resolve } = createRequire(import.meta.url)
  return createRequire(resolve('webtorrent'))('utp-native') as Utp
}
