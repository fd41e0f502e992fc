import { createReadStream, existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fakeItem, fakeTorrent } from './fake-data.ts'

/** Where the built page is. */
const PAGE = fileURLToPath(new URL('../../dist/web/', import.meta.url))

export interface FakeLibrary {
  readonly torrents: number
  readonly filesEach: number
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
}

/** Answers the page as the contract says, with as many made-up torrents as wanted; for developing the page and for watching its speed. */
export function fakeServer({ torrents, filesEach }: FakeLibrary): Server {
  const numbers = Array.from({ length: torrents }, (_, number) => number)
  const list = JSON.stringify({ torrents: numbers.map((n) => fakeTorrent(n, filesEach)) })
  const library = JSON.stringify({ items: numbers.map((n) => fakeItem(n, filesEach)) })
  const answers: Readonly<Record<string, string>> = {
    '/torrents': list,
    '/library': library,
    '/stats': JSON.stringify(STATS),
    '/streams': JSON.stringify(STREAMS),
    '/renderers': JSON.stringify(RENDERERS),
    '/control_points': JSON.stringify(CONTROL_POINTS),
    '/settings': JSON.stringify(SETTINGS),
  }
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://fake')
    if (pathname === '/events') sendEvents(request, response, list)
    else if (pathname.startsWith('/web/')) sendPage(pathname, response)
    else if (request.method !== 'GET') sendJson(response, '{}')
    else sendJson(response, answers[pathname] ?? torrentAnswer(pathname, filesEach))
  })
}

function sendJson(response: ServerResponse, body: string | null): void {
  response.statusCode = body === null ? 404 : 200
  response.setHeader('Content-Type', 'application/json')
  response.end(body ?? '{"human_readable":"no such route"}')
}

function sendPage(pathname: string, response: ServerResponse): void {
  const name = normalize(pathname.slice('/web/'.length)) || 'index.html'
  const path = join(PAGE, name === '.' ? 'index.html' : name)
  if (!path.startsWith(PAGE) || !existsSync(path)) {
    sendJson(response, null)
    return
  }
  response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream')
  createReadStream(path).pipe(response)
}

function sendEvents(request: IncomingMessage, response: ServerResponse, list: string): void {
  response.setHeader('Content-Type', 'text/event-stream')
  const send = (kind: string, data: string): void => {
    response.write(`event: ${kind}\ndata: ${data}\n\n`)
  }
  send('torrents', list)
  send('streams', JSON.stringify(STREAMS))
  send('renderers', JSON.stringify(RENDERERS))
  let tick = 0
  const timer = setInterval(() => {
    tick++
    for (let number = 0; number < 20; number++) {
      send('torrent', JSON.stringify({ torrent: fakeTorrent(number, 20) }))
    }
    const mbps = 4 + 2 * Math.sin(tick / 5)
    send('speeds', JSON.stringify({ ...STATS, download_speed: { mbps, human_readable: '' } }))
  }, 1_000)
  request.on('close', () => clearInterval(timer))
}

function torrentAnswer(pathname: string, filesEach: number): string | null {
  const [, id, part] = /^\/torrents\/(\w+)(?:\/(\w+))?$/.exec(pathname) ?? []
  if (id === undefined) return null
  if (part === 'trackers') return JSON.stringify(TRACKERS)
  if (part === 'limits') return JSON.stringify({ upload_bps: null, download_bps: 2_097_152 })
  if (part === 'peer_stats') return JSON.stringify(PEERS)
  if (part !== undefined) return null
  const { name, components } = { name: 'Show', components: ['Season 1', 'Show.mkv'] }
  const files = Array.from({ length: filesEach }, (_, index) => ({
    name: components.join('/'),
    components: [`Season ${1 + Math.floor(index / 10)}`, `${name} E${(index % 10) + 1}.mkv`],
    length: 350_000_000,
    included: index % 4 !== 3,
    attributes: { padding: false },
  }))
  return JSON.stringify({ id: Number(id), info_hash: id, name, output_folder: '/srv', files })
}

const STATS = {
  download_speed: { mbps: 5, human_readable: '5.00 MiB/s' },
  upload_speed: { mbps: 1, human_readable: '1.00 MiB/s' },
}

const STREAMS = {
  streams: [
    {
      id: 1,
      torrent_id: 3,
      info_hash: 'a'.repeat(40),
      torrent_name: 'Harbour River 1',
      file_idx: 0,
      file_name: 'Harbour River 1 S1E1.mkv',
      client: { address: '192.168.1.20', user_agent: 'VLC/3.0.20 LibVLC/3.0.20' },
      position: 120_000_000,
      length: 350_000_000,
      window: { first_piece: 120, last_piece: 152 },
      buffered_ahead_bytes: 20_000_000,
      speed_bps: 1_200_000,
      stalls: { count: 2, total_ms: 3_400, current: { since_ms: 900, reason: 'peers_slow' } },
      started_at: Date.now() - 240_000,
    },
  ],
}

const RENDERERS = {
  renderers: [
    {
      id: 'uuid:1',
      name: 'Living room',
      model: 'Model 7',
      manufacturer: 'Maker',
      address: '192.168.1.30',
      icon: null,
      last_seen: Date.now(),
      problem: null,
      playback: {
        state: 'playing',
        info_hash: null,
        file_idx: null,
        title: 'Delta River 1',
        position_s: 754,
        duration_s: 2_700,
        volume: 35,
        muted: false,
        next: null,
      },
    },
  ],
}

const CONTROL_POINTS = {
  control_points: [
    {
      address: '192.168.1.30',
      user_agent: 'SEC_HHP_[TV] Living room/1.0',
      friendly_name: 'Living room',
      rule: { id: 'samsung', name: 'Samsung' },
      why: 'the User-Agent begins with SEC_HHP',
      last_seen: Date.now() - 60_000,
      override: null,
    },
  ],
  rules: [
    { id: 'generic', name: 'Any other device' },
    { id: 'samsung', name: 'Samsung' },
  ],
}

const SETTINGS = {
  settings: [
    ...[
      ['download-limit', 'text', '2M', 'bytes/s', 'Nothing is fetched faster than that.', false],
      ['auth', 'secret', 'set', null, 'Who changes something needs it.', false],
      ['quota', 'number', 100, 'GiB', 'The oldest watched torrents make room.', false],
      ['allow-host', 'list', ['nas.local'], null, 'Names that the server may be called by.', false],
      ['on-demand', 'boolean', true, null, 'Fetch only what somebody streams.', true],
    ].map(([name, kind, value, unit, effect, restart]) => ({
      ...{ name, kind, value, unit, effect, restart },
    })),
    {
      name: 'log-level',
      kind: 'choice',
      choices: ['info', 'debug'],
      value: 'info',
      unit: null,
      effect: 'What the log says at least.',
      restart: false,
    },
  ],
}

const TRACKERS = {
  trackers: [
    {
      url: 'http://tracker.example/announce',
      state: 'failed',
      message: 'connection refused',
      seeders: null,
      leechers: null,
      last_announce: Date.now() - 60_000,
      next_announce: Date.now() + 60_000,
    },
  ],
}

const PEERS = {
  peers: {
    '192.0.2.7:6881': {
      counters: { fetched_bytes: 50_000_000, uploaded_bytes: 1_000 },
      state: 'live',
      conn_kind: 'tcp',
      client_name: 'libtorrent 2.0',
      flags: 'D I',
      download_bps: 900_000,
      upload_bps: 100,
      progress: 1,
    },
  },
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.argv[2] ?? 3_031)
  fakeServer({ torrents: 1_000, filesEach: 20 }).listen(port, '127.0.0.1')
}
