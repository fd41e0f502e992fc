import { Router } from '@koa/router'

/** Where others on the LAN find the server: a page that was opened as `localhost` cannot know. */
export function addressRouter(addresses: () => readonly string[]): Router {
  const router = new Router()
  router.get('/addresses', (context) => {
    context.body = { addresses: addresses() }
  })
  return router
}
