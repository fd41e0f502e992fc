/** The process with WebTorrent as it comes: client.add and client.createServer, nothing replaced. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StockAnswer, StockCommand } from './webtorrent-message.ts'

interface StockFile {
  readonly streamURL: string
}

interface StockTorrent extends NodeJS.EventEmitter {
  readonly done: boolean
  readonly files: readonly StockFile[]
  addPeer(address: string): boolean
}

interface StockClient extends NodeJS.EventEmitter {
  add(torrent: Buffer, options: object, onReady: (torrent: StockTorrent) => void): StockTorrent
  createServer(options: object): { readonly server: Server }
}

type StockConstructor = new (options: object) => StockClient

// A name that the compiler does not follow: what the engine's adapter declares of it is not ours.
const moduleName: string = 'webtorrent'
const { default: WebTorrent } = (await import(moduleName)) as { default: StockConstructor }

// With utp it would dial by UDP alone for 41 s; with secure 1 never without encryption.
const client = new WebTorrent({
  ...{ utp: false, secure: 0, dht: false, tracker: false, lsd: false },
  ...{ natUpnp: false, natPmp: false },
})
client.on('error', (error: unknown) => {
  process.stderr.write(`webtorrent: ${error}\n`)
  process.exit(1)
})
const { server } = client.createServer({})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo

let current: StockTorrent | null = null

async function add(command: StockCommand & { kind: 'add' }): Promise<StockAnswer> {
  const options = { path: command.folder, deselect: command.mode === 'on-demand' }
  const torrent = await new Promise<StockTorrent>((resolve) => {
    client.add(readFileSync(command.path), options, resolve)
  })
  current = torrent
  for (const peer of command.peers) torrent.addPeer(peer)
  const file = torrent.files[0]
  if (!file) throw new Error('a torrent without files')
  return { kind: 'added', url: new URL(file.streamURL, `http://127.0.0.1:${port}`).href }
}

async function answer(command: StockCommand): Promise<StockAnswer> {
  switch (command.kind) {
    case 'start':
      return { kind: 'started' }
    case 'add':
      return await add(command)
    case 'progress':
      return { kind: 'progress', isComplete: current?.done ?? false }
  }
}

process.on('message', (command: StockCommand) => {
  answer(command).then(
    (message) => process.send?.(message),
    (error: unknown) => {
      process.stderr.write(`webtorrent: ${error}\n`)
      process.exit(1)
    },
  )
})
process.once('disconnect', () => process.exit(0))
