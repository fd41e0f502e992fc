import { Router } from '@koa/router'
import type { Metrics } from './metrics.ts'
import type { OpenStreams } from './open-streams.ts'
import type { TorrentPort } from './session-port.ts'

/** What goes on: numbers for Prometheus, and who streams what. */
export function observationRouter(metrics: Metrics, streams: OpenStreams): Router {
  const router = new Router()
  router.get('/metrics', async (context) => {
    context.set('Content-Type', metrics.contentType)
    context.body = await metrics.text()
  })
  router.get('/streams', (context) => {
    context.body = streams.json
  })
  return router
}

export function countedByState(torrents: readonly TorrentPort[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { state } of torrents) counts.set(state.kind, (counts.get(state.kind) ?? 0) + 1)
  return counts
}
