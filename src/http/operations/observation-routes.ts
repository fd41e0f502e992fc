import type { IncomingMessage } from 'node:http'
import { Router } from '@koa/router'
import type { GuardOptions } from '../access/access-rules.ts'
import { isOwner } from '../access/owner.ts'
import type { OpenStreams } from '../media-files/open-streams.ts'
import type { TorrentPort } from '../messages/session-port.ts'
import type { EventFeed } from './event-feed.ts'
import type { LiveAnswers } from './live-answer.ts'
import type { Metrics } from './metrics.ts'

export interface ObservationParts {
  readonly metrics: Metrics
  readonly streams: OpenStreams
  readonly events: EventFeed
  readonly live: LiveAnswers
  readonly guard: GuardOptions
}

/** What goes on: numbers for Prometheus, who streams what, and changes as they happen. */
export function observationRouter(parts: ObservationParts): Router {
  const { metrics, streams, events, live, guard } = parts
  const viewerOf = (request: IncomingMessage): 'owner' | 'reader' =>
    isOwner(request, guard) ? 'owner' : 'reader'
  const router = new Router()
  router.get('/metrics', async (context) => {
    context.set('Content-Type', metrics.contentType)
    context.body = await metrics.text()
  })
  router.get('/streams', (context) => {
    context.body = streams.jsonFor(viewerOf(context.req))
  })
  router.get('/events', (context) => {
    let leave = (): void => {}
    const client = live.open(context, 'text/event-stream', () => leave())
    leave = events.add(client, viewerOf(context.req))
  })
  return router
}

/** How many torrents are in each state; states that none is in are left out. */
export function countedByState(torrents: readonly TorrentPort[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { state } of torrents) counts.set(state.kind, (counts.get(state.kind) ?? 0) + 1)
  return counts
}
