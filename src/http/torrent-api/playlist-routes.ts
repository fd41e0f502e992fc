import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { Router } from '@koa/router'
import type { Context } from 'koa'
import { Semaphore } from '../../concurrency/semaphore.ts'
import { runInSlices, type Steps } from '../../concurrency/steps.ts'
import { sortedSteps } from '../../library/sorting/sorted-steps.ts'
import { mediaTypeOf } from '../../media/media-type.ts'
import { compareNatural, compareNaturalPaths } from '../../media/natural-order.ts'
import { PLAYLIST_HEAD, playlistLines } from '../../media/playlist.ts'
import { streamPath } from '../../media/stream-path.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import type { SignedPaths } from '../access/signed-paths.ts'
import { ApiError } from '../messages/api-error.ts'
import { originOf } from '../messages/forwarded.ts'
import type { SessionPort, TorrentPort } from '../messages/session-port.ts'
import { findTorrent } from '../messages/torrent-id.ts'

/** Files looked at in one step. */
const STEP_FILES = 128

/** Playlists of everything and of one torrent. */
export function playlistRouter(
  session: SessionPort,
  trustProxy: boolean,
  signedPaths: SignedPaths,
): Router {
  const router = new Router({ prefix: '/torrents' })
  const oneByOne = new Semaphore(1)

  router.get('/playlist', async (context) => {
    const urlOf = urls(context.req, trustProxy, signedPaths)
    // One at a time: that of ten thousand torrents has megabytes, and as much again on the way there.
    const parts = await oneByOne.run(() => runInSlices(wholePlaylistSteps(session.torrents, urlOf)))
    answer(context, parts)
  })

  router.get('/:id/playlist', async (context) => {
    const { id = '' } = context.params
    const torrent = findTorrent(session, id)
    if (torrent.state.kind === 'resolving') {
      throw new ApiError(409, `the metadata of torrent ${torrent.id} is being resolved`)
    }
    const urlOf = urls(context.req, trustProxy, signedPaths)
    answer(context, await runInSlices(playlistSteps([{ torrent, id }], urlOf)))
  })

  return router
}

function answer(context: Context, parts: readonly Buffer[]): void {
  context.set('Content-Type', 'application/mpegurl; charset=utf-8')
  context.set('Content-Disposition', 'attachment; filename="rqbit-playlist.m3u8"')
  context.body = Readable.from(parts)
  context.length = parts.reduce((sum, part) => sum + part.length, 0)
}

/** Of all torrents, by their names. */
function* wholePlaylistSteps(
  torrents: readonly TorrentPort[],
  urlOf: (path: string) => string,
): Steps<Buffer[]> {
  const named: NamedTorrent[] = []
  for (const torrent of yield* sortedSteps(torrents, byName)) {
    named.push({ torrent, id: String(torrent.id) })
  }
  return yield* playlistSteps(named, urlOf)
}

function byName(a: TorrentPort, b: TorrentPort): number {
  return compareNatural(a.name ?? '', b.name ?? '') || a.id - b.id
}

interface NamedTorrent {
  readonly torrent: TorrentPort
  /** What its URLs call it. */
  readonly id: string
}

/** The text of a playlist in parts. What a person would play: sound and pictures in natural order, whether selected or not. */
function* playlistSteps(
  torrents: readonly NamedTorrent[],
  urlOf: (path: string) => string,
): Steps<Buffer[]> {
  const parts = [Buffer.from(PLAYLIST_HEAD)]
  for (const { torrent, id } of torrents) {
    const played: TorrentFile[] = []
    for (const file of torrent.files) {
      if (file.index % STEP_FILES === 0) yield
      if (isPlayed(file)) played.push(file)
    }
    const sorted = yield* sortedSteps(played, byPath)
    for (let start = 0; start < sorted.length; start += STEP_FILES) {
      yield
      const lines = sorted.slice(start, start + STEP_FILES).map(({ index, components }) =>
        playlistLines({
          title: components.at(-1) ?? '',
          url: urlOf(streamPath(id, index, components)),
        }),
      )
      parts.push(Buffer.from(lines.join('')))
    }
  }
  return parts
}

function isPlayed({ padding, symlink, components }: TorrentFile): boolean {
  const kind = mediaTypeOf(components.at(-1) ?? '')?.kind
  return !padding && symlink === null && (kind === 'video' || kind === 'audio')
}

function byPath(a: TorrentFile, b: TorrentFile): number {
  return compareNaturalPaths(a.components, b.components)
}

/** Makes a path a URL as who asks reaches it, signed where that is needed. */
function urls(
  request: IncomingMessage,
  trustProxy: boolean,
  signedPaths: SignedPaths,
): (path: string) => string {
  const { scheme, authority, prefix } = originOf(request, trustProxy)
  const sign = signedPaths.signerFor(request)
  return (path) => `${scheme}://${authority}${prefix}${sign(path)}`
}
