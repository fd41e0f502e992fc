import { describe, expect, it, onTestFinished } from 'vitest'
import { upnpRouter } from '../../../src/http/upnp-endpoints/upnp-routes.ts'
import type { LibraryTorrent } from '../../../src/library/files/library-source.ts'
import { Library } from '../../../src/library/library.ts'
import { silentLogger } from '../../../src/log.ts'
import { shortStreamPath } from '../../../src/media/stream-path.ts'
import { newUdn } from '../../../src/upnp/description/names.ts'
import { MediaServer } from '../../../src/upnp/media-server.ts'
import { Renderers } from '../../../src/upnp/renderers/renderers.ts'
import { Traffic } from '../../../src/upnp/traffic/traffic.ts'
import { EventSubscriber } from '../../helpers/event-subscriber.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { FakeSession } from '../../helpers/fake-session.ts'
import { RawClient, send, startHttpServer } from '../../helpers/http-client.ts'
import {
  BROWSE,
  CONTENT_DIRECTORY,
  faultCodeOf,
  objectsOf,
  outputsOf,
  soapBody,
} from '../../helpers/soap-request.ts'
import { memoryStore, TorrentShelf, torrentOf } from '../../helpers/torrent-shelf.ts'

const CONTROL = '/upnp/control/content-directory'
const EVENT = '/upnp/event/content-directory'
const DESCRIPTION = '<?xml version="1.0"?><root/>'
const FILM = torrentOf('Film', ['film & more.mkv'])

async function start(...torrents: readonly LibraryTorrent[]) {
  const log = silentLogger()
  const clock = new FakeClock()
  const shelf = new TorrentShelf(torrents)
  const library = new Library({ source: shelf, updateIds: memoryStore(5), log })
  const mediaServer = new MediaServer({
    library,
    udn: newUdn(),
    traffic: new Traffic({ log, isDebugging: false }),
    clock,
    log,
  })
  const renderers = new Renderers({ clock, log })
  const upnp = upnpRouter({
    description: () => DESCRIPTION,
    mediaServer,
    renderers,
    traffic: new Traffic({ log, isDebugging: false }),
    log,
  })
  const port = await startHttpServer({ session: new FakeSession(), upnp, renderers })
  onTestFinished(() => mediaServer.close())
  return { clock, shelf, mediaServer, port }
}

function browse(port: number, headers: Readonly<Record<string, string>> = {}) {
  return send(port, 'POST', CONTROL, headers, soapBody(CONTENT_DIRECTORY, 'Browse', BROWSE))
}

describe('descriptions', () => {
  it.each([
    ['/rootDesc.xml', '<root'],
    ['//rootDesc.xml', '<root'],
    ['/upnp/scpd/content-directory.xml', '<name>Browse</name>'],
    ['//upnp/scpd/content-directory.xml', '<name>Browse</name>'],
    ['///upnp/scpd/content-directory.xml', '<name>Browse</name>'],
    ['/upnp/scpd/connection-manager.xml', '<name>GetProtocolInfo</name>'],
    ['/upnp/scpd/media-receiver-registrar.xml', '<name>IsAuthorized</name>'],
  ])('%s', async (path, part) => {
    const { port } = await start()
    const get = await send(port, 'GET', path, { 'Accept-Language': 'de' })
    expect(get.status).toBe(200)
    expect(get.body.toString()).toContain(part)
    expect(get.headers).toMatchObject({
      'content-type': 'text/xml; charset="utf-8"',
      'content-length': String(get.body.length),
      'content-language': 'en',
      server: 'Test/1.0',
      date: expect.any(String),
    })
    const head = await send(port, 'HEAD', path)
    expect(head.headers['content-length']).toBe(get.headers['content-length'])
    expect(head.body).toHaveLength(0)
  })

  it.each([
    ['icon-48.png', 'image/png', '89504e47'],
    ['icon-120.jpg', 'image/jpeg', 'ffd8ff'],
  ])('icon %s', async (name, type, magic) => {
    const { status, headers, body } = await send((await start()).port, 'GET', `/upnp/icons/${name}`)
    expect([status, headers['content-type']]).toEqual([200, type])
    expect(body.toString('hex').startsWith(magic)).toBe(true)
  })

  it.each<[number, string, string]>([
    [404, 'GET', '/upnp/scpd/printer.xml'],
    [404, 'GET', '/upnp/icons/..%2fdevice.xml'],
    [404, 'POST', '/upnp/control/printer'],
    [404, 'SUBSCRIBE', '/upnp/event/printer'],
    [404, 'SUBSCRIBE', '/upnp/event/constructor'],
    [405, 'GET', CONTROL],
    [405, 'GET', EVENT],
  ])('%i for %s %s', async (status, method, path) => {
    expect((await send((await start()).port, method, path)).status).toBe(status)
  })
})

describe('POST to a control URL', () => {
  it('is answered with these headers, and never chunked', async () => {
    const answer = await browse((await start(FILM)).port)
    expect(answer.statusLine).toBe('HTTP/1.1 200 OK')
    expect(answer.headers).toEqual({
      server: 'Test/1.0',
      ext: '',
      'content-type': 'text/xml; charset="utf-8"',
      'content-length': String(answer.body.length),
      date: expect.any(String),
      connection: 'close',
    })
  })

  it('faults with status 500 and the same headers', async () => {
    const { port } = await start()
    const answer = await send(port, 'POST', CONTROL, {}, soapBody(CONTENT_DIRECTORY, 'Record'))
    expect(answer.statusLine).toBe('HTTP/1.1 500 Internal Server Error')
    expect(answer.headers).toMatchObject({ ext: '', 'content-type': 'text/xml; charset="utf-8"' })
    expect(faultCodeOf(answer.body.toString())).toBe(401)
  })

  it.each(['10.9.8.7', 'localhost:1', 'den.local'])(
    'gives URLs at the address it came in on, whatever Host says: %s',
    async (Host) => {
      const { port } = await start(FILM)
      const { Result = '' } = await outputsOf((await browse(port, { Host })).body.toString())
      const { items } = await objectsOf(Result)
      const path = shortStreamPath(FILM.infoHash, 0, 'film & more.mkv')
      expect(items[0]?.res?.[0]?._).toBe(`http://127.0.0.1:${port}${path}`)
    },
  )

  it('takes a chunked body after 100 Continue', async () => {
    const { port } = await start(FILM)
    const client = new RawClient(port).write(
      `POST ${CONTROL} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Transfer-Encoding: chunked',
      'Expect: 100-continue',
      'Connection: close',
      '',
      '',
    )
    await client.until((received) => received.includes('100 Continue'))
    for (const character of soapBody(CONTENT_DIRECTORY, 'Browse', BROWSE)) {
      client.write('1', character, '')
    }
    client.write('0', '', '')
    await client.answer()
    expect(client.received.toString()).toContain('HTTP/1.1 200 OK')
    expect(client.received.toString()).toContain('<TotalMatches>4</TotalMatches>')
  })

  it('refuses a body above 256 KiB with a fault, and goes on', async () => {
    const { port } = await start(FILM)
    const huge = Buffer.alloc(10 * 1024 * 1024, ' ')
    for (const bytes of [huge, huge.subarray(0, 256 * 1024 + 1)]) {
      const refused = await send(port, 'POST', CONTROL, {}, bytes)
      expect(refused.status).toBe(500)
      expect(refused.headers['content-type']).toBe('text/xml; charset="utf-8"')
      expect(faultCodeOf(refused.body.toString())).toBe(402)
    }
    const padded = Buffer.alloc(256 * 1024, ' ')
    padded.write(soapBody(CONTENT_DIRECTORY, 'Browse', BROWSE))
    expect((await send(port, 'POST', CONTROL, {}, padded)).status).toBe(200)
    expect((await browse(port)).status).toBe(200)
  })

  it('ends the connection of a body that comes in crumbs', async () => {
    const { port } = await start(FILM)
    const head = [`POST ${CONTROL} HTTP/1.1`, `Host: 127.0.0.1:${port}`]
    const client = new RawClient(port).write(...head, 'Transfer-Encoding: chunked', '', '')
    client.socket.write('1\r\nx\r\n'.repeat(2_000))
    await client.answer()
    expect(client.received).toHaveLength(0)
    expect((await browse(port)).status).toBe(200)
  })

  it.each([
    [403, { Origin: 'http://evil.example' }],
    [403, { 'Sec-Fetch-Site': 'cross-site' }],
    [403, { 'Sec-Fetch-Site': 'same-site' }],
    [403, { Origin: 'null', 'Content-Type': 'text/plain' }],
    [415, { Origin: 'own', 'Content-Type': 'text/plain;charset=UTF-8' }],
    [415, { Origin: 'own', 'Content-Type': 'multipart/form-data; boundary=x' }],
    [415, { Origin: 'own', 'Content-Type': 'application/x-www-form-urlencoded' }],
    [200, { Origin: 'own', 'Content-Type': 'text/xml' }],
    [200, { 'Content-Type': 'text/plain' }],
    [200, { 'Content-Type': '' }],
    [200, { 'Content-Type': 'application/octet-stream' }],
  ])('answers %i to a Browse with %j', async (status, headers) => {
    const { port } = await start(FILM)
    const fields = Object.entries(headers).map(([name, value]) => {
      return [name, value === 'own' ? `http://127.0.0.1:${port}` : value]
    })
    const body = Buffer.from(soapBody(CONTENT_DIRECTORY, 'Browse', BROWSE))
    const answer = await send(port, 'POST', CONTROL, Object.fromEntries(fields), body)
    expect(answer.status).toBe(status)
  })

  it('is a fault 720 while too many others of its address are underway, and no longer', async () => {
    const { port } = await start(FILM)
    const head = [
      `POST ${CONTROL} HTTP/1.1`,
      `Host: x`,
      'Content-Length: 9',
      'Expect: 100-continue',
    ]
    const open = Array.from({ length: 32 }, () =>
      new RawClient(port).write(...head.with(1, `Host: 127.0.0.1:${port}`), '', ''),
    )
    await Promise.all(open.map((client) => client.until((received) => received.length > 0)))
    const refused = await browse(port)
    expect([refused.status, faultCodeOf(refused.body.toString())]).toEqual([500, 720])
    for (const client of open) client.write('not XML..')
    await Promise.all(open.map((client) => client.until((received) => received.includes('402'))))
    expect((await browse(port)).status).toBe(200)
  })
})

/** The event subscription of an HTTP subscriber at a service. */
function subscribeAt(
  port: number,
  path: string,
  subscriber: EventSubscriber,
  timeout = 'Second-300',
) {
  const headers = { CALLBACK: `<${subscriber.url}>`, NT: 'upnp:event', TIMEOUT: timeout }
  return send(port, 'SUBSCRIBE', path, headers)
}

describe('eventing', () => {
  it('goes from SUBSCRIBE over events and a renewal to UNSUBSCRIBE', async () => {
    const { clock, shelf, port } = await start()
    const subscriber = await EventSubscriber.start()

    const subscribed = await subscribeAt(port, EVENT, subscriber, 'Second-1000')
    const { sid = '' } = subscribed.headers
    expect(subscribed.statusLine).toBe('HTTP/1.1 200 OK')
    expect(subscribed.headers).toEqual({
      server: 'Test/1.0',
      sid: expect.stringMatching(/^uuid:[0-9a-f-]{36}$/),
      timeout: 'Second-1000',
      'content-length': '0',
      date: expect.any(String),
      connection: 'close',
    })

    const initial = await subscriber.next()
    expect(initial.method).toBe('NOTIFY')
    expect(initial.headers).toMatchObject({
      sid,
      seq: '0',
      nt: 'upnp:event',
      nts: 'upnp:propchange',
    })
    expect(initial.body).toBe(
      '<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0"><e:property>' +
        '<SystemUpdateID>5</SystemUpdateID></e:property>' +
        '<e:property><ContainerUpdateIDs/></e:property></e:propertyset>',
    )

    shelf.add(FILM)
    const other = torrentOf('Other', ['other.mkv'])
    shelf.add(other)
    await clock.advance(2_000)
    const changed = await subscriber.next()
    expect(changed.headers.seq).toBe('1')
    expect(changed.body).toContain('<SystemUpdateID>7</SystemUpdateID>')
    expect(containersIn(changed.body)).toEqual({
      0: '7',
      [FILM.infoHash]: '6',
      [other.infoHash]: '7',
      V: '7',
      R: '7',
      F: '7',
    })

    const renewed = await send(port, 'SUBSCRIBE', EVENT, { SID: sid })
    expect([renewed.status, renewed.headers.sid, renewed.headers.timeout]).toEqual([
      200,
      sid,
      'Second-300',
    ])
    await clock.advance(299_999)
    shelf.remove(FILM)
    const third = await subscriber.next()
    expect(third.headers.seq).toBe('2')
    expect(containersIn(third.body)).toMatchObject({ 0: '8', [FILM.infoHash]: '8', V: '8' })

    expect((await send(port, 'UNSUBSCRIBE', EVENT, { SID: sid })).status).toBe(200)
    expect((await send(port, 'UNSUBSCRIBE', EVENT, { SID: sid })).status).toBe(412)
    expect((await send(port, 'SUBSCRIBE', EVENT, { SID: sid })).status).toBe(412)
    expect(subscriber.received).toHaveLength(3)
  })

  it.each<[string, readonly string[]]>([
    ['connection-manager', ['SourceProtocolInfo', 'SinkProtocolInfo', 'CurrentConnectionIDs']],
    [
      'media-receiver-registrar',
      [
        'AuthorizationGrantedUpdateID',
        'AuthorizationDeniedUpdateID',
        'ValidationSucceededUpdateID',
        'ValidationRevokedUpdateID',
      ],
    ],
  ])('tells a subscriber of %s every variable', async (service, names) => {
    const { port } = await start()
    const subscriber = await EventSubscriber.start()
    await subscribeAt(port, `/upnp/event/${service}`, subscriber)
    const { body } = await subscriber.next()
    const properties = [...body.matchAll(/<e:property><(\w+)[/>]/g)].map(([, name]) => name)
    expect(properties).toEqual(names)
  })

  it('ends when it expires', async () => {
    const { clock, port } = await start()
    const subscriber = await EventSubscriber.start()
    const { headers } = await subscribeAt(port, EVENT, subscriber, 'Second-5')
    await subscriber.next()
    await clock.advance(5_000)
    const answer = await send(port, 'SUBSCRIBE', EVENT, { SID: headers.sid ?? '' })
    expect(answer.status).toBe(412)
    expect(answer.body).toHaveLength(0)
  })

  it('calls nobody back but the subscriber itself', async () => {
    const { mediaServer, port } = await start()
    for (const CALLBACK of ['<http://192.0.2.1/>', '<http://127.0.0.2/>', '<http://localhost/>']) {
      const answer = await send(port, 'SUBSCRIBE', EVENT, { CALLBACK, NT: 'upnp:event' })
      expect(answer.status).toBe(412)
      expect(answer.headers.sid).toBeUndefined()
    }
    expect(mediaServer.find('content-directory')?.eventing.size).toBe(0)
  })

  it.each<[number, string, Readonly<Record<string, string>>]>([
    [412, 'SUBSCRIBE', {}],
    [412, 'SUBSCRIBE', { NT: 'upnp:event' }],
    [412, 'SUBSCRIBE', { SID: 'uuid:unknown' }],
    [400, 'SUBSCRIBE', { SID: 'uuid:unknown', NT: 'upnp:event' }],
    [412, 'UNSUBSCRIBE', {}],
    [412, 'UNSUBSCRIBE', { SID: '' }],
    [400, 'UNSUBSCRIBE', { SID: 'uuid:unknown', CALLBACK: '<http://127.0.0.1/>' }],
  ])('answers %i to %s with %j', async (status, method, headers) => {
    expect((await send((await start()).port, method, EVENT, headers)).status).toBe(status)
  })

  it.each(['X-Forwarded-For', 'Via', 'X-Real-IP'])(
    'takes no subscription from a proxy on this machine that sends %s',
    async (name) => {
      const { mediaServer, port } = await start()
      const headers = { NT: 'upnp:event', CALLBACK: '<http://127.0.0.1:22/>', [name]: '10.0.0.7' }
      expect((await send(port, 'SUBSCRIBE', EVENT, headers)).status).toBe(403)
      expect(mediaServer.find('content-directory')?.eventing.size).toBe(0)
    },
  )

  it.each(['SUBSCRIBE', 'UNSUBSCRIBE'])('refuses %s by a foreign web page', async (method) => {
    const headers = {
      NT: 'upnp:event',
      CALLBACK: '<http://127.0.0.1/>',
      Origin: 'http://evil.example',
    }
    expect((await send((await start()).port, method, EVENT, headers)).status).toBe(403)
  })

  it('answers 503 when there is no room', async () => {
    const { mediaServer, port } = await start()
    const eventing = mediaServer.find('content-directory')?.eventing
    const request = { callbackUrls: [new URL('http://127.0.0.1/')], timeoutSeconds: 300 }
    for (let i = 0; i < 500; i++) eventing?.subscribe(`10.0.${i}.1`, request)
    const answer = await subscribeAt(port, EVENT, await EventSubscriber.start())
    expect(answer.status).toBe(503)
  })

  it('ends all subscriptions with the media server', async () => {
    const { clock, mediaServer, port } = await start()
    const subscriber = await EventSubscriber.start()
    subscriber.answer = () => {}
    await subscribeAt(port, EVENT, subscriber)
    await subscriber.next()
    mediaServer.close()
    await clock.advance(0)
    expect(clock.pending).toBe(0)
  })
})

/** The update id of each container that an event names. */
function containersIn(body: string): Readonly<Record<string, string>> {
  const list = /<ContainerUpdateIDs>([^<]*)</.exec(body)?.[1]?.split(',') ?? []
  const pairs = list.flatMap((id, at) => (at % 2 === 0 ? [[id, list[at + 1] ?? '']] : []))
  return Object.fromEntries(pairs)
}
