import type { IncomingMessage } from 'node:http'
import { Router } from '@koa/router'
import type { Context } from 'koa'
import { mediaTypeOf } from '../media/media-type.ts'
import { compareNatural, compareNaturalPaths } from '../media/natural-order.ts'
import { formatPlaylist, type PlaylistEntry } from '../media/playlist.ts'
import { streamPath } from '../media/stream-path.ts'
import { ApiError } from './api-error.ts'
import { originOf } from './forwarded.ts'
import type { SessionPort, TorrentPort } from './session-port.ts'
import { findTorrent } from './torrent-id.ts'

/** Playlists of everything and of one torrent (spec/streaming-api.md, Playlist API). */
export function playlistRouter(session: SessionPort, trustProxy: boolean): Router {
  const router = new Router({ prefix: '/torrents' })

  router.get('/playlist', (context) => {
    const base = baseUrl(context.req, trustProxy)
    const byName = [...session.torrents].sort(
      (a, b) => compareNatural(a.name ?? '', b.name ?? '') || a.id - b.id,
    )
    answer(
      context,
      byName.flatMap((torrent) => entriesOf(torrent, String(torrent.id), base)),
    )
  })

  router.get('/:id/playlist', (context) => {
    const { id = '' } = context.params
    const torrent = findTorrent(session, id)
    if (torrent.state.kind === 'resolving') {
      throw new ApiError(409, `the metadata of torrent ${torrent.id} is being resolved`)
    }
    answer(context, entriesOf(torrent, id, baseUrl(context.req, trustProxy)))
  })

  return router
}

function answer(context: Context, entries: readonly PlaylistEntry[]): void {
  context.set('Content-Type', 'application/mpegurl; charset=utf-8')
  context.set('Content-Disposition', 'attachment; filename="rqbit-playlist.m3u8"')
  context.body = formatPlaylist(entries)
}

/** What a person would play: sound and pictures in natural order, whether selected or not. */
function entriesOf(torrent: TorrentPort, id: string, base: string): readonly PlaylistEntry[] {
  return torrent.files
    .filter(({ padding, symlink, components }) => {
      const kind = mediaTypeOf(components.at(-1) ?? '')?.kind
      return !padding && symlink === null && (kind === 'video' || kind === 'audio')
    })
    .sort((a, b) => compareNaturalPaths(a.components, b.components))
    .map(({ index, components }) => ({
      title: components.at(-1) ?? '',
      url: base + streamPath(id, index, components),
    }))
}

function baseUrl(request: IncomingMessage, trustProxy: boolean): string {
  const { scheme, authority, prefix } = originOf(request, trustProxy)
  return `${scheme}://${authority}${prefix}`
}
