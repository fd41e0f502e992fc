import { Router } from '@koa/router'
import { addTorrent } from './add-torrent.ts'
import { booleanOf } from './query.ts'
import { readBody } from './request-body.ts'
import type { SessionPort } from './session-port.ts'
import { torrentStats } from './stats-json.ts'
import { findTorrent } from './torrent-id.ts'
import { addedTorrent, torrentDetails, torrentSummary } from './torrent-json.ts'

/** The largest body of POST /torrents. */
const MAX_UPLOAD_BYTES = 10 * 1024 * 1024

/** The torrents of the JSON API: list, details, statistics, adding, and what is done to one. */
export function torrentRouter(session: SessionPort): Router {
  const router = new Router({ prefix: '/torrents' })

  router.get('/', (context) => {
    const withStats = booleanOf(context.query, 'with_stats') ?? false
    const byId = [...session.torrents].sort((a, b) => a.id - b.id)
    context.body = {
      torrents: byId.map((torrent) => ({
        ...torrentSummary(torrent),
        ...(withStats ? { stats: torrentStats(torrent.stats()) } : {}),
      })),
    }
  })

  router.post('/', async (context) => {
    const body = await readBody(context.req, MAX_UPLOAD_BYTES)
    const timeoutHeader = context.get('x-req-timeout-ms') || undefined
    const { query } = context
    context.body = addedTorrent(await addTorrent(session, { body, query, timeoutHeader }))
  })

  router.get('/:id', (context) => {
    context.body = torrentDetails(findTorrent(session, context.params.id ?? ''))
  })

  router.get('/:id/stats/v1', (context) => {
    context.body = torrentStats(findTorrent(session, context.params.id ?? '').stats())
  })

  for (const change of ['pause', 'start'] as const) {
    router.post(`/:id/${change}`, async (context) => {
      await session[change](findTorrent(session, context.params.id ?? ''))
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
