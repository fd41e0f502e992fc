import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BROWSE, CONTENT_DIRECTORY, soapBody } from '../helpers/soap-request.ts'
import { fuzz, IN_EXCHANGES_ONE_IN, mutated, mutatedText } from './fuzz.ts'
import { FILM_BYTES, FuzzedServer, head, usedMemory } from './fuzzed-server.ts'

const TEN_MEGABYTES = 10 * 1024 * 1024
/** What may be left of all cases together: a kB of each would be far more. */
const LEFT_BYTES = 32 * 1024 * 1024

let server: FuzzedServer
let memoryBefore = 0

beforeAll(async () => {
  server = await FuzzedServer.start()
  await server.exchange(head('GET /rootDesc.xml HTTP/1.1'))
  memoryBefore = usedMemory()
})

afterAll(() => server.close())

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
        ? await server.exchange(head(...lines, `Content-Length: ${body.length}`), body)
        : await server.exchange(
            head(...lines, 'Transfer-Encoding: chunked'),
            ...chunked(body, chunkSizes),
            Buffer.from('0\r\n\r\n'),
          )
    expect([200, 400, 408, 413, 500]).toContain(status)
    if (status === 500) expect(answer.toString()).toMatch(/<errorCode>\d{3}<\/errorCode>/)
  },
  IN_EXCHANGES_ONE_IN,
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

fuzz(
  'no request for events, media or descriptions is answered 5xx',
  requests,
  async (request) => {
    const { status } = await server.exchange(request)
    // 501 would be for a method; there is room for subscriptions as none of them names a callback.
    if (status !== null) expect(status).toBeLessThan(500)
  },
  IN_EXCHANGES_ONE_IN,
)

/** Headers of any of these names, each value as it should be but for a few bytes. */
function headersOf(
  values: Readonly<Record<string, readonly string[]>>,
): fc.Arbitrary<readonly string[]> {
  const header = fc
    .constantFrom(...Object.entries(values))
    .chain(([name, texts]) => mutatedText(texts).map((text) => `${name}: ${text}`))
  return fc.array(header, { maxLength: 5 })
}

const mediaHeaders = headersOf({
  Range: ['bytes=0-', 'bytes=5-9', 'bytes=-7', 'Bytes= 0-1 ,', 'bytes=0-1,4-5', 'bytes=999-2000'],
  'If-Range': ['"a"', 'Fri, 02 Jan 2026 03:04:05 GMT'],
  'TimeSeekRange.dlna.org': ['npt=335.1-', 'npt=0:05:35.3-0:37:00.0/*', 'npt=0-'],
  'PlaySpeed.dlna.org': ['speed=1', 'speed=-1/2'],
  'transferMode.dlna.org': ['Streaming', 'Interactive', 'Background'],
  'getcontentFeatures.dlna.org': ['1'],
  'getAvailableSeekRange.dlna.org': ['1'],
  'realTimeInfo.dlna.org': ['DLNA.ORG_TLAG=*'],
  'getMediaInfo.sec': ['1'],
  'getCaptionInfo.sec': ['1'],
  'scid.dlna.org': ['1'],
  'User-Agent': ['DLNADOC/1.50 SEC_HHP_[TV]UE40D7000/1.0', 'LGE_DLNA_SDK/1.6.0', 'VLC/3.0.18'],
  'X-AV-Client-Info': ['av=5.0; cn="Sony Corporation"; mn="BRAVIA KDL-40EX503"; mv="1.7";'],
})

fuzz(
  'media are given out as their headers say, whatever Range and DLNA headers ask for',
  fc.tuple(fc.constantFrom('GET', 'HEAD'), mediaHeaders),
  async ([method, lines]) => {
    const request = head(`${method} /torrents/0/stream/0 HTTP/1.1`, ...lines)
    const { status, headers, body } = await server.exchange(request)
    // 400: not a request of HTTP at all.
    expect([200, 206, 400, 406, 416]).toContain(status)
    if (status !== 200 && status !== 206) return
    expect(headers).toHaveProperty('contentfeatures.dlna.org')
    const [, start = '0', end = `${FILM_BYTES - 1}`] =
      /^bytes (\d+)-(\d+)\/1000$/.exec(headers['content-range'] ?? '') ?? []
    expect(Number(headers['content-length'])).toBe(Number(end) - Number(start) + 1)
    // A request may be cut short by what looks like the next one.
    if (method === 'GET')
      expect(body.length).toBeGreaterThanOrEqual(Number(end) - Number(start) + 1)
  },
  IN_EXCHANGES_ONE_IN,
)

const eventHeaders = headersOf({
  NT: ['upnp:event'],
  CALLBACK: [
    '<http://127.0.0.1:9/event>',
    '<http://127.0.0.1:9/><http://10.0.0.8/>',
    '<http://[::1]/>',
  ],
  TIMEOUT: ['Second-300', 'Second-infinite', 'infinite'],
  SID: ['uuid:00000000-0000-0000-0000-000000000000'],
  NTS: ['upnp:propchange'],
})

fuzz(
  'a subscription is taken, refused or nobody knows it, whatever its headers are',
  fc.tuple(
    fc.constantFrom('SUBSCRIBE', 'UNSUBSCRIBE'),
    fc.constantFrom('content-directory', 'connection-manager', 'media-receiver-registrar'),
    fc.option(fc.constant(['NT: upnp:event', 'CALLBACK: <http://127.0.0.1:9/>'])),
    eventHeaders,
  ),
  async ([method, service, valid, lines]) => {
    const line = `${method} /upnp/event/${service} HTTP/1.1`
    const { status, headers } = await server.exchange(head(line, ...(valid ?? []), ...lines))
    expect([200, 400, 412]).toContain(status)
    if (method === 'UNSUBSCRIBE' || status !== 200) return
    expect(headers.timeout).toMatch(/^Second-\d+$/)
    const sid = `SID: ${headers.sid}`
    const end = await server.exchange(head(line.replace('SUBSCRIBE', 'UNSUBSCRIBE'), sid))
    expect(end.status).toBe(200)
  },
  IN_EXCHANGES_ONE_IN,
)

test('nothing is left in memory of what was thrown at the server', () => {
  expect(usedMemory() - memoryBefore).toBeLessThan(LEFT_BYTES)
})
