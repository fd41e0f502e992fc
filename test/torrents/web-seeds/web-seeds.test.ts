import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pass } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Logger } from '../../../src/log.ts'
import type { Session } from '../../../src/torrents/session/session.ts'
import type { SessionOptions } from '../../../src/torrents/session/session-options.ts'
import type { Torrent } from '../../../src/torrents/torrent/torrent.ts'
import {
  type Fixture,
  makeTorrent,
  pseudoRandomBytes,
  singleFile,
} from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'
import { serve, type WebServer } from '../../helpers/web-server.ts'

const KIB = 1024
const MIB = 1024 * KIB
const DATA = pseudoRandomBytes(5 * MIB + 333, 21)

/** What a server does with a request for part of a file. */
type Manner = (request: IncomingMessage, response: ServerResponse, file: Uint8Array) => void

interface Asked {
  readonly path: string
  readonly range: string
}

interface FileServer extends WebServer {
  readonly asked: Asked[]
}

const rangeOf = (request: IncomingMessage): { start: number; end: number } => {
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
  return { start: Number(start), end: Number(end) }
}

const right: Manner = (request, response, file) => {
  const { start, end } = rangeOf(request)
  response.writeHead(206, { 'Content-Range': `bytes ${start}-${end}/${file.length}` })
  response.end(file.subarray(start, end + 1))
}

async function serveFiles(
  files: ReadonlyMap<string, Uint8Array>,
  manner: Manner = right,
): Promise<FileServer> {
  const asked: Asked[] = []
  const server = await serve((request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    asked.push({ path, range: request.headers.range ?? '' })
    const file = files.get(path)
    if (file !== undefined) return manner(request, response, file)
    response.writeHead(404)
    response.end()
  })
  return { ...server, asked }
}

/** Keeps what is said of web seeds. */
function logOf(lines: string[]): Logger {
  const take = (fields: unknown): void => {
    const { reason, webSeed } = fields as Readonly<Record<string, unknown>>
    if (webSeed !== undefined) lines.push(String(reason))
  }
  const log: Logger = {
    ...{ trace: take, debug: take, info: take, warn: take, error: take, fatal: take },
    child: () => log,
  }
  return log
}

function film(urls: unknown, data: Uint8Array = DATA): Fixture {
  const length = data.length
  return makeTorrent('film.mkv', [{ path: ['film.mkv'], data }], 256 * KIB, {
    'url-list': urls,
    length,
  })
}

async function open(
  fixture: Fixture,
  options: Partial<SessionOptions> & { readonly peers?: readonly string[] } = {},
): Promise<{ session: Session; torrent: Torrent; said: string[] }> {
  const said: string[] = []
  const session = await openSession({ webSeeds: 'any', log: logOf(said), ...options })
  const source = { kind: 'torrent-file', bytes: fixture.torrentFile } as const
  const { torrent } = await session.add(source, { initialPeers: options.peers ?? [] })
  await until(session, () => torrent.state.kind === 'live')
  return { session, torrent, said }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

async function said(lines: readonly string[], text: string): Promise<void> {
  while (!lines.some((line) => line.includes(text))) await pass(10)
}

describe('a web seed alone', () => {
  it('gives a whole file, in few requests', async () => {
    const server = await serveFiles(new Map([['/a/film.mkv', DATA]]))
    const { session, torrent } = await open(film(`${server.url}/a/film.mkv`))
    await until(session, () => torrent.stats().finished)
    expect(sha256(await readFile(join(session.folder, 'film.mkv')))).toBe(sha256(DATA))
    expect(server.asked.length).toBeLessThan(100)
  })

  it('gives the files of a folder, pads and names with blanks too, from a list of URLs', async () => {
    const files = [
      { path: ['sub dir', 'ä & b.mp4'], data: DATA.subarray(0, 700_001) },
      { path: ['.pad', '86431'], data: Buffer.alloc(86_431), attr: 'p' },
      { path: ['c.mp3'], data: DATA.subarray(1_000, 900_000) },
    ]
    const served = new Map([
      ['/x/Some Folder/sub dir/ä & b.mp4', files[0]?.data ?? DATA],
      ['/x/Some Folder/c.mp3', files[2]?.data ?? DATA],
    ])
    const server = await serveFiles(served)
    const list = { 'url-list': [`${server.url}/x/`, 'ftp://127.0.0.1/x/', 'nonsense'] }
    const { session, torrent } = await open(makeTorrent('Some Folder', files, 64 * KIB, list))
    await until(session, () => torrent.stats().finished)
    const stored = await readFile(join(session.folder, 'Some Folder', 'sub dir', 'ä & b.mp4'))
    expect(sha256(stored)).toBe(sha256(files[0]?.data ?? DATA))
    expect(server.asked.some(({ path }) => path.includes('.pad'))).toBe(false)
  })

  it('is enough for a stream that seeks, on demand', async () => {
    const server = await serveFiles(new Map([['/film.mkv', DATA]]))
    const { torrent } = await open(film(`${server.url}/`), { onDemand: true })
    const stream = torrent.stream(0, { start: 3 * MIB + 5 })
    const buffer = Buffer.alloc(100_000)
    expect(await stream.read(buffer)).toBeGreaterThan(0)
    expect(buffer[0]).toBe(DATA[3 * MIB + 5])
    stream.seek(DATA.length - 10)
    const count = await stream.read(buffer)
    expect(buffer.subarray(0, count)).toEqual(
      DATA.subarray(DATA.length - 10, DATA.length - 10 + count),
    )
    stream.close()
    expect(server.asked.every(({ path }) => path === '/film.mkv')).toBe(true)
  })

  it('is asked through a magnet that names it, also after a restart', async () => {
    const server = await serveFiles(new Map([['/film.mkv', DATA]]))
    const fixture = singleFile('film.mkv', DATA, 256 * KIB)
    const seeder = await openSeeder(fixture)
    await seeder.session.setLimits({ uploadBps: 1 })
    const session = await openSession({ webSeeds: 'any' })
    const ws = encodeURIComponent(`${server.url}/film.mkv`)
    const magnet = `magnet:?xt=urn:btih:${seeder.torrent.infoHash}&ws=${ws}&x.pe=${seeder.address}`
    const { torrent } = await session.add(magnet)
    await until(session, () => torrent.stats().finished)
    expect(torrent.record.webSeeds).toEqual([`${server.url}/film.mkv`])
  })

  it('obeys the download limit', async () => {
    const server = await serveFiles(new Map([['/film.mkv', DATA]]))
    const { torrent } = await open(film(`${server.url}/`), { downloadBytesPerSecond: 300 * KIB })
    while ((torrent.stats().live?.fetchedBytes ?? 0) === 0) await pass(5)
    await pass(2_000)
    expect(torrent.stats().live?.fetchedBytes).toBeLessThan(1.2 * 2.25 * 300 * KIB)
  })
})

describe('a wrong web seed is dropped, and the torrent goes on with others', () => {
  const wrong: Readonly<Record<string, readonly [Manner, string]>> = {
    'answers 200 with everything': [
      (_request, response, file) => {
        response.writeHead(200, { 'Content-Length': file.length })
        response.end(file)
      },
      'it answered 200 where a part was asked for',
    ],
    'answers 404': [(_request, response) => response.writeHead(404).end(), 'it answered 404'],
    'answers with a page': [
      (_request, response) => response.writeHead(403).end('<html>no</html>'),
      'it answered 403',
    ],
    'has a file of another length': [
      (request, response, file) => {
        const { start, end } = rangeOf(request)
        response.writeHead(206, { 'Content-Range': `bytes ${start}-${end}/${file.length + 1}` })
        response.end(file.subarray(start, end + 1))
      },
      'its file has',
    ],
    'answers with another range': [
      (request, response, file) => {
        const { start, end } = rangeOf(request)
        response.writeHead(206, { 'Content-Range': `bytes ${start + 1}-${end}/${file.length}` })
        response.end(file.subarray(start + 1, end + 1))
      },
      'it answered with another range',
    ],
    'sends more than was asked for': [
      (request, response, file) => {
        const { start, end } = rangeOf(request)
        response.writeHead(206, { 'Content-Range': `bytes ${start}-${end}/${file.length}` })
        response.end(file)
      },
      'it sent more than was asked for',
    ],
    'redirects for ever': [
      (request, response) => response.writeHead(302, { Location: request.url ?? '' }).end(),
      'it redirects too often',
    ],
    'compresses what it sends': [
      (request, response, file) => {
        const { start, end } = rangeOf(request)
        const range = `bytes ${start}-${end}/${file.length}`
        response.writeHead(206, { 'Content-Range': range, 'Content-Encoding': 'gzip' })
        response.end(file.subarray(start, end + 1))
      },
      'it answered in gzip',
    ],
    'sends wrong bytes': [
      (request, response, file) => right(request, response, Buffer.alloc(file.length, 7)),
      'it sent wrong data',
    ],
  }

  it.each(Object.entries(wrong))('that %s', async (_name, [manner, reason]) => {
    const server = await serveFiles(new Map([['/film.mkv', DATA]]), manner)
    const fixture = film([`${server.url}/`])
    const { session, torrent, said: lines } = await open(fixture)
    await said(lines, reason)
    const seeder = await openSeeder(fixture, { webSeeds: 'off' })
    torrent.addPeers([seeder.address])
    await until(session, () => torrent.stats().finished)
    expect(sha256(await readFile(join(session.folder, 'film.mkv')))).toBe(sha256(DATA))
  })

  it('that hangs: it rests, and another one goes on', async () => {
    const hanging = await serveFiles(new Map([['/film.mkv', DATA]]), () => {})
    const good = await serveFiles(new Map([['/film.mkv', DATA]]))
    const { session, torrent } = await open(film([`${hanging.url}/`, `${good.url}/`]))
    await until(session, () => torrent.stats().finished)
  })

  it('that hangs up or is overloaded: it rests, and is asked again later', async () => {
    const server = await serveFiles(new Map([['/film.mkv', DATA]]), (_request, response) =>
      response.writeHead(503).end(),
    )
    const { said: lines } = await open(film([`${server.url}/`]))
    await said(lines, 'it answered 503')
    const cut = await serveFiles(new Map([['/film.mkv', DATA]]), (request, response, file) => {
      const { start, end } = rangeOf(request)
      response.writeHead(206, { 'Content-Range': `bytes ${start}-${end}/${file.length}` })
      response.write(file.subarray(start, start + 100), () => response.destroy())
    })
    const { said: others } = await open(film([`${cut.url}/`]))
    await said(others, 'hung up')
  })

  it('that lacks one file of many is asked for the others', async () => {
    const files = [
      { path: ['meta.xml'], data: DATA.subarray(0, 70_000) },
      { path: ['film.mp4'], data: DATA.subarray(0, 900_000) },
    ]
    const server = await serveFiles(new Map([['/Folder/film.mp4', files[1]?.data ?? DATA]]))
    const fixture = makeTorrent('Folder', files, 32 * KIB, { 'url-list': [`${server.url}/`] })
    const { torrent, said: lines } = await open(fixture)
    await said(lines, 'it answered 404')
    while ((torrent.stats().fileProgress[1] ?? 0) < 900_000 - 32 * KIB) await pass(10)
    expect(torrent.stats().fileProgress[0]).toBeLessThan(70_000)
  })
})

describe('web seeds that are of little use', () => {
  it('make room for others while they rest', async () => {
    const hosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4']
    const busy = await serve((_request, response) => response.writeHead(503).end())
    const good = await serveFiles(new Map([['/film.mkv', DATA]]))
    const urls = hosts.map((host) => `http://${host}:${busy.port}/film.mkv`)
    const { session, torrent } = await open(film([...urls, `${good.url}/film.mkv`]))
    await until(session, () => torrent.stats().finished)
  })

  it('that close a kept connection without a word are asked by a new one, and do not rest', async () => {
    const server = await serveFiles(new Map([['/film.mkv', DATA]]), (request, response, file) => {
      const { socket } = request
      const isReused = 'wasAsked' in socket
      Object.assign(socket, { wasAsked: true })
      if (isReused) socket.resetAndDestroy()
      else right(request, response, file)
    })
    const { session, torrent, said: lines } = await open(film([`${server.url}/`]))
    await until(session, () => torrent.stats().finished)
    expect(lines).toEqual([])
  })

  it('whose redirects hold for one request only are asked for new ones', async () => {
    const tickets = new Set<string>()
    let given = 0
    const files = await serve((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
      if (pathname === '/film.mkv') {
        given++
        tickets.add(String(given))
        response.writeHead(302, { Location: `/signed?ticket=${given}` }).end()
      } else if (tickets.delete(searchParams.get('ticket') ?? '')) right(request, response, DATA)
      else response.writeHead(403).end()
    })
    const { session, torrent, said: lines } = await open(film([`${files.url}/film.mkv`]))
    await until(session, () => torrent.stats().finished)
    expect(lines).toEqual([])
  })
})

describe('a web seed in our own networks', () => {
  it('is not asked on the word of a torrent', async () => {
    const server = await serveFiles(new Map([['/film.mkv', DATA]]))
    const { said: lines } = await open(film(`${server.url}/film.mkv`), { webSeeds: 'public' })
    await said(lines, 'it is in a private network')
    expect(server.asked).toEqual([])
  })

  it('is not asked at all where web seeds are off', async () => {
    const server = await serveFiles(new Map([['/film.mkv', DATA]]))
    const { torrent } = await open(film(`${server.url}/film.mkv`), { webSeeds: 'off' })
    await pass(200)
    expect(server.asked).toEqual([])
    expect(torrent.stats().live?.peers.live).toBe(0)
  })
})
