import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect } from 'vitest'
import { createHttpServer } from '../../src/http/http-server.ts'
import { SignedPaths } from '../../src/http/signed-paths.ts'
import { upnpRouter } from '../../src/http/upnp-routes.ts'
import { Library } from '../../src/library/library.ts'
import { silentLogger } from '../../src/log.ts'
import { newUdn } from '../../src/upnp/description/names.ts'
import { MediaServer } from '../../src/upnp/media-server.ts'
import { Renderers } from '../../src/upnp/renderers/renderers.ts'
import { Traffic } from '../../src/upnp/traffic/traffic.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { FakeSession, FakeTorrent } from '../helpers/fake-session.ts'
import { accessRules } from '../helpers/http-client.ts'
import { BROWSE, CONTENT_DIRECTORY, soapBody } from '../helpers/soap-request.ts'
import { memoryStore, TorrentShelf } from '../helpers/torrent-shelf.ts'
import { fuzz, mutated, mutatedText } from './fuzz.ts'

const TEN_MEGABYTES = 10 * 1024 * 1024

let server: Server
let mediaServer: MediaServer

beforeAll(async () => {
  const log = silentLogger()
  const clock = new FakeClock()
  const torrent = new FakeTorrent(0, 'Films', [{ path: 'Film & more.mkv', length: 1_000 }])
  const library = new Library({
    source: new TorrentShelf([torrent]),
    updateIds: memoryStore(),
    log,
  })
  const traffic = new Traffic({ log, isDebugging: false })
  traffic.listen(() => {})
  mediaServer = new MediaServer({ library, udn: newUdn(), traffic, clock, log })
  const renderers = new Renderers({ clock, log })
  const description = (): string => '<root/>'
  const session = new FakeSession(torrent)
  const rules = accessRules({ ownNames: [] })
  const key = Buffer.alloc(32)
  const signedPaths = new SignedPaths({ key, session, rules, now: () => 0 })
  server = createHttpServer({
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
})

afterAll(() => {
  mediaServer.close()
  server.close()
  server.closeAllConnections()
})

interface Answer {
  readonly status: number | null
  readonly body: string
}

/** Writes bytes on a connection of their own; `null` where it ends without an answer. */
async function exchange(...parts: readonly Uint8Array[]): Promise<Answer> {
  const { port } = server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {})
  for (const part of parts) socket.write(part)
  socket.end()
  await once(socket, 'close')
  const text = Buffer.concat(chunks).toString()
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]
  return {
    status: status === undefined ? null : Number(status),
    body: text.slice(text.indexOf('\r\n\r\n')),
  }
}

function head(...lines: readonly string[]): Buffer {
  return Buffer.from(
    [...lines, 'Host: 127.0.0.1', 'Connection: close', '', ''].join('\r\n'),
    'latin1',
  )
}

const BOMB =
  '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>' +
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><u:Browse>' +
  '<ObjectID>&c;</ObjectID></u:Browse></s:Body></s:Envelope>'
const VALID = soapBody(CONTENT_DIRECTORY, 'Browse', BROWSE)

const bodies = fc.oneof(
  {
    weight: 200,
    arbitrary: mutated([
      Buffer.from(VALID),
      Buffer.from(`\ufeff${VALID}`),
      Buffer.from(`\ufeff${VALID}`, 'utf16le'),
      Buffer.from(VALID.replace(CONTENT_DIRECTORY, 'urn:nobody:service:Nothing:9')),
      Buffer.from(VALID.replaceAll('schemas.xmlsoap.org', 'example.org')),
      Buffer.from(BOMB),
    ]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(VALID, '<a>', ' ', BOMB), fc.nat(TEN_MEGABYTES))
      .map(([text, size]) => Buffer.alloc(size, text)),
  },
)

const soapActions = mutatedText([
  `"${CONTENT_DIRECTORY}#Browse"`,
  `'${CONTENT_DIRECTORY}#Browse'`,
  `${CONTENT_DIRECTORY}#Browse:1`,
])

fuzz(
  'a control URL answers, or faults, whatever comes in whatever pieces',
  fc.tuple(bodies, fc.option(fc.array(fc.integer({ min: 1, max: 70_000 }))), soapActions),
  async ([body, chunkSizes, soapAction]) => {
    const lines = [
      'POST /upnp/control/content-directory HTTP/1.1',
      'Content-Type: text/xml; charset="utf-8"',
      `SOAPACTION: ${soapAction.replace(/[^\x20-\x7e]/g, '')}`,
    ]
    const { status, body: answer } =
      chunkSizes === null
        ? await exchange(head(...lines, `Content-Length: ${body.length}`), body)
        : await exchange(
            head(...lines, 'Transfer-Encoding: chunked'),
            ...chunked(body, chunkSizes),
            Buffer.from('0\r\n\r\n'),
          )
    expect([200, 400, 408, 413, 500]).toContain(status)
    if (status === 500) expect(answer).toMatch(/<errorCode>\d{3}<\/errorCode>/)
  },
)

/** In pieces of the sizes given, and the rest in one. */
function chunked(body: Uint8Array, sizes: readonly number[]): readonly Buffer[] {
  const pieces: Buffer[] = []
  let rest = Buffer.from(body)
  for (const size of [...sizes, rest.length]) {
    if (rest.length === 0) break
    const piece = rest.subarray(0, size)
    rest = rest.subarray(size)
    const length = Buffer.from(`${piece.length.toString(16)}\r\n`)
    pieces.push(Buffer.concat([length, piece, Buffer.from('\r\n')]))
  }
  return pieces
}

const requests = mutated([
  head('SUBSCRIBE /upnp/event/content-directory HTTP/1.1', 'NT: upnp:event', 'TIMEOUT: Second-9'),
  head(
    'SUBSCRIBE /upnp/event/content-directory HTTP/1.1',
    'SID: uuid:1',
    'TIMEOUT: Second-0:30:00',
  ),
  head('UNSUBSCRIBE /upnp/event/connection-manager HTTP/1.1', 'SID: uuid:1'),
  head('HEAD //m/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/0.mkv HTTP/1.1', 'Range: bytes=0-'),
  head('GET /torrents/0/stream/0 HTTP/1.1', 'Range: Bytes= 5-9 ,', 'getMediaInfo.sec: 1'),
  head(
    'GET /torrents/0/stream/0 HTTP/1.0',
    'TimeSeekRange.dlna.org: npt=0-',
    'Pragma: getIfoFileURI',
  ),
  head('GET //rootDesc.xml HTTP/1.1', 'User-Agent: DLNADOC/1.50 SEC_HHP_[TV]UE40D7000/1.0'),
])

fuzz('no request for events, media or descriptions is answered 5xx', requests, async (request) => {
  const { status } = await exchange(request)
  // 501 would be for a method; there is room for subscriptions as none of them names a callback.
  if (status !== null) expect(status).toBeLessThan(500)
})
