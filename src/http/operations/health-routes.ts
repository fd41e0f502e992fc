import { Router } from '@koa/router'

/** What keeps the server from its work, without paths or names, as anybody may ask; `null`: nothing. */
export type FindFault = () => Promise<string | null>

/** GET /healthz: whether the server does its work, for whatever watches it. */
export function healthRouter(findFault: FindFault): Router {
  const router = new Router()
  router.get('/healthz', async (context) => {
    const reason = await findFault()
    context.status = reason === null ? 200 : 503
    context.body = reason === null ? { status: 'ok' } : { status: 'failing', reason }
  })
  return router
}
