import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parseMagnet } from '../../../src/torrents/metainfo/magnet.ts'
import {
  fetchTorrent,
  fetchTorrentFile,
  namesTorrent,
  parseTorrentSource,
} from '../../../src/torrents/metainfo/torrent-source.ts'
import { readSource } from '../../../src/torrents/torrent/wanted-torrent.ts'
import { serve as serveWeb } from '../../helpers/web-server.ts'

const HEX = '0123456789abcdef0123456789abcdef01234567'
const MIB = 1024 * 1024

describe('parseTorrentSource()', () => {
  it('tells magnets, URLs and info hashes apart', () => {
    const uri = `magnet:?xt=urn:btih:${HEX}`
    expect(parseTorrentSource(` ${uri}\n`)).toEqual({ kind: 'magnet', magnet: parseMagnet(uri) })
    const url = 'HTTPS://example.com/a b.torrent'
    expect(parseTorrentSource(url)).toEqual({ kind: 'url', url })
    expect(parseTorrentSource(HEX.toUpperCase())).toEqual({ kind: 'info-hash', infoHash: HEX })
  })

  it('takes off what is around them', () => {
    const uri = `magnet:?xt=urn:btih:${HEX}`
    expect(parseTorrentSource(`<${uri}>`)).toEqual({ kind: 'magnet', magnet: parseMagnet(uri) })
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

describe('fetchTorrent()', () => {
  const MAGNET = `magnet:?xt=urn:btih:${HEX}&dn=film`

  it.each([MAGNET, ` ${MAGNET}\r\n`, `"${MAGNET}"`, `\ufeff${MAGNET}`, `<${MAGNET}>\n`])(
    'takes a body that is the magnet %j',
    async (body) => {
      const url = await serve((_, response) => response.end(body))
      expect(await fetchTorrent(url)).toEqual({ kind: 'magnet', magnet: parseMagnet(MAGNET) })
    },
  )

  it('takes a redirect to a magnet', async () => {
    const url = await serve((_, response) => response.writeHead(302, { Location: MAGNET }).end())
    expect(await fetchTorrent(url)).toEqual({ kind: 'magnet', magnet: parseMagnet(MAGNET) })
    expect(await readSource({ kind: 'url', url })).toMatchObject({ infoHash: HEX, name: 'film' })
    await expect(fetchTorrentFile(url)).rejects.toThrow('it is a magnet')
  })

  it('says what is wrong with such a magnet', async () => {
    const url = await serve((_, response) => response.end('magnet:?dn=film'))
    await expect(fetchTorrent(url)).rejects.toMatchObject({
      kind: 'invalid-torrent',
      message: expect.stringContaining('no BitTorrent info hash'),
    })
  })

  it('carries cookies along redirects, and unpacks what is compressed', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/film.torrent') {
        response.writeHead(302, { Location: '/check', 'Set-Cookie': 'pass=1; Path=/' }).end()
      } else if (request.url === '/check' && request.headers.cookie === 'pass=1') {
        response.end(gzipSync('the bytes'))
      } else response.writeHead(403).end()
    })
    const bytes = await fetchTorrentFile(`${url}/film.torrent`)
    expect(Buffer.from(bytes).toString()).toBe('the bytes')
  })

  it('sends user and password, and never says them', async () => {
    const url = await serve((request, response) =>
      response.writeHead(request.headers.authorization === undefined ? 401 : 404).end(),
    )
    const withLogin = url.replace('//', '//user:secret@')
    const failure = await fetchTorrent(withLogin).catch((error: unknown) => error)
    expect(String(failure)).toContain(`cannot fetch ${url}: it answered 404`)
    expect(() => parseTorrentSource('http://user:secret@[::1/')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    )
  })

  it('asks nobody in private networks for a stranger', async () => {
    let asked = 0
    const url = await serve((_, response) => {
      asked++
      response.end('the bytes')
    })
    await expect(fetchTorrentFile(url, { mayUsePrivate: false })).rejects.toThrow('private network')
    expect(asked).toBe(0)
  })

  it('says what a page is that is no torrent', async () => {
    const url = await serve((_, response) => response.end('<!DOCTYPE html><title>Login</title>'))
    await expect(readSource({ kind: 'url', url })).rejects.toMatchObject({
      kind: 'invalid-torrent',
      message: expect.stringContaining('a web page'),
    })
  })

  it('ends with its signal', async () => {
    const url = await serve(() => {})
    const ending = new AbortController()
    const fetched = fetchTorrent(url, { signal: ending.signal })
    ending.abort(new Error('enough'))
    await expect(fetched).rejects.toThrow('enough')
  })
})

async function serve(handle: RequestListener): Promise<string> {
  return (await serveWeb(handle)).url
}
