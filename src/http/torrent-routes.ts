import { Router } from '@koa/router'
import { MAX_TORRENT_FILE_BYTES } from '../torrents/metainfo/torrent-source.ts'
import { addTorrent } from './add-torrent.ts'
import { answerJson, NestedList } from './json-answer.ts'
import { booleanOf } from './query.ts'
import { readBody } from './request-body.ts'
import type { SessionPort, TorrentPort } from './session-port.ts'
import { torrentStats } from './stats-json.ts'
import { findTorrent } from './torrent-id.ts'
import { addedTorrent, torrentDetails, torrentSummary } from './torrent-json.ts'
import { UploadRoom } from './upload-room.ts'

/** The torrents of the JSON API: list, details, statistics, adding, and what is done to one. */
export function torrentRouter(session: SessionPort): Router {
  const router = new Router({ prefix: '/torrents' })
  const uploads = new UploadRoom(MAX_TORRENT_FILE_BYTES)

  router.get('/', (context) => {
    const withStats = booleanOf(context.query, 'with_stats') ?? false
    const byId = [...session.torrents].sort((a, b) => a.id - b.id)
    const itemOf = (torrent: TorrentPort): Record<string, unknown> => ({
      ...torrentSummary(torrent),
      ...(withStats ? { stats: torrentStats(torrent.stats()) } : {}),
    })
    answerJson(context, {
      torrents: new NestedList(byId.length, (place) => {
        const torrent = byId[place]
        return torrent === undefined ? null : itemOf(torrent)
      }),
    })
  })

  router.post('/', async (context) => {
    const timeoutHeader = context.get('x-req-timeout-ms') || undefined
    const { req, query } = context
    const torrent = await uploads.run(req, async () => {
      const body = await readBody(req, MAX_TORRENT_FILE_BYTES)
      return await addTorrent(session, { body, query, timeoutHeader })
    })
    answerJson(context, addedTorrent(torrent))
  })

  router.get('/:id', (context) => {
    answerJson(context, torrentDetails(findTorrent(session, context.params.id ?? '')))
  })

  router.get('/:id/stats/v1', (context) => {
    answerJson(context, torrentStats(findTorrent(session, context.params.id ?? '').stats()))
  })

  for (const change of ['pause', 'start'] as const) {
    router.post(`/:id/${change}`, async (context) => {
      await findTorrent(session, context.params.id ?? '')[change]()
      context.body = {}
    })
  }

  router.post('/:id/forget', async (context) => {
    const torrent = findTorrent(session, context.params.id ?? '')
    await session.remove(torrent, { deleteFiles: false })
    context.body = {}
  })

  router.post('/:id/delete', async (context) => {
    const torrent = findTorrent(session, context.params.id ?? '')
    const leftovers = await session.remove(torrent, { deleteFiles: true })
    context.body = leftovers.length === 0 ? {} : { not_deleted: leftovers }
  })

  return router
}
