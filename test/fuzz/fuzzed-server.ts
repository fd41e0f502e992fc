import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { SignedPaths } from '../../src/http/access/signed-paths.ts'
import { createHttpServer } from '../../src/http/http-server.ts'
import { upnpRouter } from '../../src/http/upnp-endpoints/upnp-routes.ts'
import { Library } from '../../src/library/library.ts'
import { silentLogger } from '../../src/log.ts'
import { newUdn } from '../../src/upnp/description/names.ts'
import { MediaServer } from '../../src/upnp/media-server.ts'
import { Renderers } from '../../src/upnp/renderers/renderers.ts'
import { Traffic } from '../../src/upnp/traffic/traffic.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { FakeSession, FakeTorrent } from '../helpers/fake-session.ts'
import { accessRules } from '../helpers/http-client.ts'
import { memoryStore, TorrentShelf } from '../helpers/torrent-shelf.ts'

/** Bytes of the film that is served. */
export const FILM_BYTES = 1_000

export interface Answer {
  /** `null` where the connection ended without an answer. */
  readonly status: number | null
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** The real HTTP server, with media server and one film, for whatever is thrown at it. */
export class FuzzedServer {
  readonly #server: Server
  readonly #mediaServer: MediaServer
  readonly #torrent: FakeTorrent

  static async start(): Promise<FuzzedServer> {
    const log = silentLogger()
    const clock = new FakeClock()
    const files = [{ path: 'Film & more.mkv', length: FILM_BYTES }]
    const torrent = new FakeTorrent(0, 'Films', files)
    const source = new TorrentShelf([torrent])
    const library = new Library({ source, updateIds: memoryStore(), log })
    const traffic = new Traffic({ log, isDebugging: false })
    traffic.listen(() => {})
    const mediaServer = new MediaServer({ library, udn: newUdn(), traffic, clock, log })
    const renderers = new Renderers({ clock, log })
    const session = new FakeSession(torrent)
    const rules = accessRules({ ownNames: [] })
    const signedPaths = new SignedPaths({ key: Buffer.alloc(32), session, rules, now: () => 0 })
    const description = (): string => '<root/>'
    const server = createHttpServer({
      session,
      upnp: upnpRouter({ description, mediaServer, renderers, traffic, signedPaths, log }),
      renderers,
      traffic,
      rules,
      signedPaths,
      serverHeader: 'Test/1.0',
      version: '1.2.3',
      log,
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new FuzzedServer(server, mediaServer, torrent)
  }

  private constructor(server: Server, mediaServer: MediaServer, torrent: FakeTorrent) {
    this.#server = server
    this.#mediaServer = mediaServer
    this.#torrent = torrent
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Writes bytes on a connection of their own. */
  async exchange(...parts: readonly Uint8Array[]): Promise<Answer> {
    const socket = connect(this.port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {})
    // It may be cut: then what came before that is the answer.
    const closed = new Promise((resolve) => socket.once('close', resolve))
    for (const part of parts) socket.write(part)
    socket.end()
    await closed
    // The fake remembers each stream.
    this.#torrent.streams.length = 0
    return answerOf(Buffer.concat(chunks))
  }

  close(): void {
    this.#mediaServer.close()
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

function answerOf(bytes: Buffer): Answer {
  const end = bytes.indexOf('\r\n\r\n')
  const [first = '', ...lines] = bytes.toString('latin1', 0, Math.max(0, end)).split('\r\n')
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]
  const fields = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  return {
    status: status === undefined ? null : Number(status),
    headers: Object.fromEntries(fields),
    body: bytes.subarray(end < 0 ? bytes.length : end + 4),
  }
}

/** The head of a request; the last answer of its connection. */
export function head(...lines: readonly string[]): Buffer {
  const all = [...lines, 'Host: 127.0.0.1', 'Connection: close', '', '']
  return Buffer.from(all.join('\r\n'), 'latin1')
}

/** Bytes of the heap that are in use once all garbage is collected. */
export function usedMemory(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
