import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('./dead-main.ts', import.meta.url))
/** The kernel keeps one more than the backlog. */
const FILLING = 3
const FILL_MS = 300

/** Addresses of 127.0.0.0/8 with nobody behind them who would say anything. */
export class DeadAddresses {
  /** Where a SYN is dropped, as behind a firewall. */
  readonly dropping: readonly string[]
  /** Where a connection comes about, and that is all. */
  readonly silent: readonly string[]
  /** Where nobody listens. */
  readonly refusing: readonly string[]
  readonly #child: ChildProcess
  readonly #servers: readonly Server[]
  readonly #sockets: readonly Socket[]

  private constructor(
    addresses: Pick<DeadAddresses, 'dropping' | 'silent' | 'refusing'>,
    child: ChildProcess,
    servers: readonly Server[],
    sockets: readonly Socket[],
  ) {
    this.dropping = addresses.dropping
    this.silent = addresses.silent
    this.refusing = addresses.refusing
    this.#child = child
    this.#servers = servers
    this.#sockets = sockets
  }

  /** @param counts how many of each kind. */
  static async open(counts: {
    readonly dropping: number
    readonly silent: number
    readonly refusing: number
  }): Promise<DeadAddresses> {
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), SCRIPT], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    process.once('exit', () => child.kill('SIGKILL'))
    child.send(hosts(1, counts.dropping))
    const [dropping] = (await once(child, 'message')) as [string[]]
    const sockets = dropping.flatMap((address) =>
      Array.from({ length: FILLING }, () => call(address)),
    )
    await new Promise((resolve) => setTimeout(resolve, FILL_MS))
    const servers = await Promise.all(hosts(2, counts.silent).map(listen))
    const silent = servers.map(addressOf)
    const closed = await Promise.all(hosts(3, counts.refusing).map(listen))
    const refusing = closed.map(addressOf)
    for (const server of closed) server.close()
    return new DeadAddresses({ dropping, silent, refusing }, child, servers, sockets)
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
    for (const server of this.#servers) server.close()
    this.#child.kill('SIGKILL')
  }
}

function hosts(net: number, count: number): string[] {
  return Array.from(
    { length: count },
    (_, i) => `127.0.${net + 10 * Math.floor(i / 250)}.${(i % 250) + 1}`,
  )
}

function call(address: string): Socket {
  const [host = '', port = '0'] = address.split(':')
  const socket = connect({ host, port: Number(port) })
  socket.on('error', () => {})
  return socket
}

async function listen(host: string): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}).resume())
  server.listen(0, host)
  await once(server, 'listening')
  return server
}

function addressOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo
  return `${address}:${port}`
}
