import { Router } from '@koa/router'
import { ApiError } from '../messages/api-error.ts'
import { answerJson } from '../messages/json-answer.ts'
import { readJson } from '../messages/query.ts'
import type { RateLimits, SessionPort } from '../messages/session-port.ts'
import { limitsBody } from '../schemas/requests.ts'
import { dhtStats, dhtTable, sessionStats } from './session-json.ts'

function limitsJson({ uploadBps, downloadBps }: RateLimits): Record<string, number | null> {
  return { upload_bps: uploadBps, download_bps: downloadBps }
}

/** All torrents together: statistics, limits, the DHT. */
export function sessionRouter(session: SessionPort): Router {
  const router = new Router()

  router.get('/stats', (context) => {
    context.body = sessionStats(session.stats())
  })

  const requireDht = () => {
    const dht = session.dht()
    if (dht === null) throw new ApiError(404, 'DHT is disabled', { kind: 'dht_disabled' })
    return dht
  }

  router.get('/dht/stats', (context) => {
    context.body = dhtStats(requireDht())
  })

  router.get('/dht/table', (context) => answerJson(context, dhtTable(requireDht())))

  router.get('/torrents/limits', (context) => {
    const { isAlternative, ...inForce } = session.limitsInForce
    context.body = {
      ...limitsJson(session.limits),
      in_force: { ...limitsJson(inForce), alternative: isAlternative },
    }
  })

  router.post('/torrents/limits', async (context) => {
    const { upload_bps: upload, download_bps: download } = await readJson(limitsBody, context.req)
    await session.setLimits({ uploadBps: upload ?? null, downloadBps: download ?? null })
    context.body = {}
  })

  return router
}
