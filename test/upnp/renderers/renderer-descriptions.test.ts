import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { httpTextFetcher } from '../../../src/upnp/renderers/fetch-text.ts'
import { RendererDescriptions } from '../../../src/upnp/renderers/renderer-descriptions.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

const NEVER = new AbortController().signal

const XML =
  '<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>' +
  '<friendlyName>[LG] webOS TV</friendlyName><manufacturer> LG Electronics </manufacturer>' +
  '<modelName>LG Smart TV</modelName><modelNumber>OLED65C24LA</modelNumber></device></root>'

function alive(location: string, changes: Readonly<Record<string, string>> = {}): Buffer {
  const headers = {
    HOST: '239.255.255.250:1900',
    LOCATION: location,
    NT: 'urn:schemas-upnp-org:device:MediaRenderer:1',
    NTS: 'ssdp:alive',
    ...changes,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return Buffer.from(['NOTIFY * HTTP/1.1', ...lines, '', ''].join('\r\n'))
}

function start(xml: () => Promise<string> = () => Promise.resolve(XML)) {
  const clock = new FakeClock()
  const fetched: string[] = []
  const described: [string, string | undefined][] = []
  const descriptions = new RendererDescriptions({
    describe: (address, { modelNumber }) => described.push([address, modelNumber]),
    fetchText: (url) => {
      fetched.push(url.href)
      return xml()
    },
    clock,
    log: silentLogger(),
  })
  return { clock, fetched, described, descriptions }
}

describe('the description of a renderer', () => {
  test('is fetched when it advertises itself, once in an hour', async () => {
    const { clock, descriptions, described, fetched } = start()
    const datagram = alive('http://192.168.1.20:1792/desc.xml')
    descriptions.hear(datagram, '192.168.1.20')
    descriptions.hear(datagram, '192.168.1.20')
    await vi.waitFor(() => expect(described).toEqual([['192.168.1.20', 'OLED65C24LA']]), 10_000)
    expect(fetched).toEqual(['http://192.168.1.20:1792/desc.xml'])
    clock.suspend(3_600_000)
    descriptions.hear(datagram, '192.168.1.20')
    expect(fetched).toHaveLength(2)
  })

  test.each([
    ['at another address', alive('http://192.168.1.1/desc.xml'), '192.168.1.20'],
    ['at a name', alive('http://router/desc.xml'), '192.168.1.20'],
    ['by another scheme', alive('file:///etc/passwd'), '192.168.1.20'],
    ['from beyond the LAN', alive('http://203.0.113.7/desc.xml'), '203.0.113.7'],
    ['of a server', alive('http://192.168.1.20/', { NT: 'upnp:rootdevice' }), '192.168.1.20'],
    ['of one that goes', alive('http://192.168.1.20/', { NTS: 'ssdp:byebye' }), '192.168.1.20'],
    ['in a long datagram', alive('http://192.168.1.20/', { X: 'x'.repeat(3_000) }), '192.168.1.20'],
    ['in garbage', Buffer.from([0xff, 0, 0x80]), '192.168.1.20'],
  ])('is not fetched %s', (_what, datagram, from) => {
    const { descriptions, fetched } = start()
    descriptions.hear(datagram, from)
    expect(fetched).toEqual([])
  })

  test.each(['', '<root/>', '<!DOCTYPE x><root/>', 'x'.repeat(100_000)])(
    'may be %s',
    async (xml) => {
      const { descriptions, fetched, described } = start(() => Promise.resolve(xml))
      descriptions.hear(alive('http://10.0.0.7/'), '10.0.0.7')
      await vi.waitFor(() => expect(fetched).toHaveLength(1), 10_000)
      expect(described.every(([, modelNumber]) => modelNumber === undefined)).toBe(true)
    },
  )

  test('is fetched of four at once', () => {
    const { descriptions, fetched } = start(() => new Promise(() => {}))
    for (let i = 1; i < 10; i++) descriptions.hear(alive(`http://10.0.0.${i}/`), `10.0.0.${i}`)
    expect(fetched).toHaveLength(4)
  })
})

describe('over HTTP', () => {
  async function serve(answer: Parameters<typeof createServer>[1]): Promise<URL> {
    const server = createServer(answer).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  }

  test('a text is fetched', async () => {
    const url = await serve((_request, response) => response.end('ä'))
    const clock = new FakeClock()
    expect(await httpTextFetcher(clock, NEVER)(url)).toBe('ä')
    await vi.waitFor(() => expect(clock.pending).toBe(0), 10_000)
  })

  test('errors, redirects and long texts are refused', async () => {
    const fetchText = httpTextFetcher(new FakeClock(), NEVER)
    for (const status of [404, 302]) {
      const url = await serve((_request, response) => response.writeHead(status).end())
      await expect(fetchText(url)).rejects.toThrow(`answered ${status}`)
    }
    const long = await serve((_request, response) => response.end('x'.repeat(100_000)))
    await expect(fetchText(long)).rejects.toThrow('more than 65536 bytes')
  })

  test('a server that ends waits for none', async () => {
    const clock = new FakeClock()
    const ending = new AbortController()
    let isLeft = false
    const url = await serve((request) => {
      request.on('close', () => {
        isLeft = true
      })
      ending.abort()
    })
    await expect(httpTextFetcher(clock, ending.signal)(url)).rejects.toThrow('aborted')
    await vi.waitFor(() => expect(isLeft).toBe(true), 10_000)
    expect(clock.pending).toBe(0)
  })

  test('silence ends after 5 seconds', async () => {
    const clock = new FakeClock()
    let isAsked = false
    const url = await serve(() => {
      isAsked = true
    })
    const failure = expect(httpTextFetcher(clock, NEVER)(url)).rejects.toThrow(
      'did not answer in time',
    )
    await vi.waitFor(() => expect(isAsked).toBe(true), 10_000)
    await clock.advance(5_000)
    await failure
  })
})
