import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  fetchTorrentFile,
  namesTorrent,
  parseTorrentSource,
} from '../../src/torrents/torrent-source.ts'

const HEX = '0123456789abcdef0123456789abcdef01234567'
const MIB = 1024 * 1024

describe('parseTorrentSource()', () => {
  it('tells magnets, URLs and info hashes apart', () => {
    const uri = `magnet:?xt=urn:btih:${HEX}`
    expect(parseTorrentSource(` ${uri}\n`)).toEqual({ kind: 'magnet', uri })
    const url = 'HTTPS://example.com/a b.torrent'
    expect(parseTorrentSource(url)).toEqual({ kind: 'url', url })
    expect(parseTorrentSource(HEX.toUpperCase())).toEqual({ kind: 'info-hash', infoHash: HEX })
  })

  it('takes off what is around them', () => {
    const uri = `magnet:?xt=urn:btih:${HEX}`
    expect(parseTorrentSource(`<${uri}>`)).toEqual({ kind: 'magnet', uri })
    const url = 'https://example.com/a.torrent'
    expect(parseTorrentSource(`"${url}"`)).toEqual({ kind: 'url', url })
    expect(parseTorrentSource(`'${HEX}'`)).toEqual({ kind: 'info-hash', infoHash: HEX })
  })

  it('knows such text from paths and torrent files', () => {
    const link = `magnet:?xt=urn:btih:${HEX}`
    const texts = [link, `"${link}"`, 'MAGNET:x', 'http://x', `<${HEX}>`]
    expect(texts.map(namesTorrent)).toEqual(texts.map(() => true))
    const others = ['film.torrent', './magnet.torrent', 'd4:infode', '', 'hello']
    expect(others.map(namesTorrent)).toEqual(others.map(() => false))
  })

  it.each([
    '',
    'film.torrent',
    'file:///etc/passwd',
    'ftp://example.com/a.torrent',
    'http://',
    'http://[::1/a.torrent',
    'magnet:?dn=nothing',
    HEX.slice(1),
  ])('refuses %j', (text) => {
    expect(() => parseTorrentSource(text)).toThrow(
      expect.objectContaining({ kind: 'invalid-torrent' }),
    )
  })
})

describe('fetchTorrentFile()', () => {
  it('fetches the bytes, through a redirect too', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { Location: '/film.torrent' }).end()
      else response.end('the bytes')
    })
    expect(Buffer.from(await fetchTorrentFile(`${url}/moved`)).toString()).toBe('the bytes')
  })

  it('rejects where there is none', async () => {
    const url = await serve((_, response) => response.writeHead(404).end('not found'))
    await expect(fetchTorrentFile(url)).rejects.toMatchObject({
      kind: 'fetch-failed',
      message: `cannot fetch ${url}: it answered 404`,
    })
  })

  it('rejects where nobody listens, naming the reason', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    await expect(fetchTorrentFile(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      kind: 'fetch-failed',
      message: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it('gives up on what is too large, and hangs up', async () => {
    let isCut: Promise<unknown> = Promise.resolve()
    const url = await serve((_, response) => {
      isCut = once(response, 'close')
      const send = (): void => {
        if (!response.destroyed) response.write(Buffer.alloc(4 * MIB), send)
      }
      send()
    })
    await expect(fetchTorrentFile(url)).rejects.toMatchObject({
      kind: 'fetch-failed',
      message: expect.stringContaining('too large'),
    })
    await isCut
  })

  it.each([
    ['before', ''],
    ['within', 'the beginning'],
  ])('gives up on a server that hangs %s its answer', async (_, beginning) => {
    const url = await serve((_, response) => {
      if (beginning !== '') response.write(beginning)
    })
    await expect(fetchTorrentFile(url, { timeoutMs: 200 })).rejects.toMatchObject({
      kind: 'fetch-failed',
      message: expect.stringContaining('timeout'),
    })
  })

  it('follows no redirect out of HTTP', async () => {
    const url = await serve((_, response) =>
      response.writeHead(302, { Location: 'file:///etc/passwd' }).end(),
    )
    await expect(fetchTorrentFile(url)).rejects.toMatchObject({ kind: 'fetch-failed' })
  })
})

async function serve(handle: RequestListener): Promise<string> {
  const server = createServer(handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
