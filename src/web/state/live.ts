import { signal } from '@preact/signals'
import type { FileNews, Probing } from '../api/library-types.ts'
import type { Renderer } from '../api/renderer-types.ts'
import { getJson, serverUrl } from '../api/request.ts'
import type { SessionStats, StreamInfo } from '../api/server-types.ts'
import type { TorrentItem } from '../api/torrent-types.ts'
import { RateHistory } from '../logic/rate-history.ts'
import { reloadLibrary, takeFileNews } from './library.ts'
import { LiveLine } from './live-line.ts'
import { reloadTorrents, removeTorrent, setTorrent, setTorrents } from './torrents.ts'

/** `null`: the server has no such part. */
export const streams = signal<readonly StreamInfo[] | null>(null)
export const renderers = signal<readonly Renderer[] | null>(null)
/** When the renderers were last heard of: between two events their films run on. */
export const renderersAt = signal(0)
/** Whose files are being looked into now. */
export const probing = signal<Probing | null>(null)
/** Another value whenever a device has browsed us, or is treated otherwise. */
export const controlPointsNews = signal<unknown>(null)
export const speeds = signal<SessionStats | null>(null)
export const connection = signal<'connecting' | 'live' | 'lost' | 'unavailable'>('connecting')

const BYTES_PER_MIB = 1024 * 1024
const sessionHistory = new RateHistory()

export function sessionRates(): RateHistory {
  return sessionHistory
}

/** Lasts as long as the page. */
export function startLive(): void {
  const line = new LiveLine(serverUrl('events'), {
    onState: (state) => {
      connection.value = state
      if (state === 'live') void reloadLibrary()
      if (state === 'unavailable') void loadOnce()
    },
  })
  const on = <T>(kind: string, take: (data: T) => void): void => {
    line.on(kind, (data) => take(JSON.parse(data) as T))
  }
  on<{ torrents: TorrentItem[] }>('torrents', (data) => setTorrents(data.torrents))
  on<{ torrent: TorrentItem }>('torrent', (data) => setTorrent(data.torrent))
  on<{ id: number }>('removed', ({ id }) => removeTorrent(id))
  on<SessionStats>('speeds', takeSpeeds)
  on<{ streams: StreamInfo[] }>('streams', (data) => {
    streams.value = data.streams
  })
  on<{ renderers: Renderer[] }>('renderers', takeRenderers)
  on('library', () => void reloadLibrary())
  on<{ files: FileNews[] }>('files', ({ files }) => takeFileNews(files))
  on<{ probing: Probing | null }>('probing', (data) => {
    probing.value = data.probing
  })
  on('control_points', (data) => {
    controlPointsNews.value = data
  })
  line.start()
  void loadParts()
}

/** What a server without events has to be asked for again after each change. */
export async function refreshAfterChange(): Promise<void> {
  if (connection.value === 'unavailable') await reloadTorrents()
}

async function loadOnce(): Promise<void> {
  await Promise.allSettled([reloadTorrents(), reloadLibrary()])
}

async function loadParts(): Promise<void> {
  await Promise.allSettled([
    getJson<SessionStats>('stats').then(takeSpeeds),
    getJson<{ streams: StreamInfo[] }>('streams').then((answer) => {
      streams.value = answer.streams
    }),
    loadRenderers(),
  ])
}

export async function loadRenderers(): Promise<void> {
  takeRenderers(await getJson<{ renderers: Renderer[] }>('renderers'))
}

function takeRenderers(answer: { readonly renderers: readonly Renderer[] }): void {
  renderersAt.value = performance.now()
  renderers.value = answer.renderers
}

function takeSpeeds(stats: SessionStats): void {
  speeds.value = stats
  sessionHistory.add({
    at: performance.now(),
    down: stats.download_speed.mbps * BYTES_PER_MIB,
    up: stats.upload_speed.mbps * BYTES_PER_MIB,
  })
}
