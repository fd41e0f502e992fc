import { Router } from '@koa/router'
import { API_LIST } from './schemas/api-list.ts'

/** What clients of rqbit ask for: its name, and a version that they know. */
const LIKE = { server: 'rqbit', version: '9.1.0' }

/** GET /: the page for a browser, the list of the API for a program. */
export function rootRouter(version: string): Router {
  const router = new Router()
  router.get('/', (context) => {
    context.vary('Accept')
    if (context.get('accept').includes('text/html')) {
      context.set('Location', './web/')
      context.body = null
      context.status = 307
      return
    }
    context.body = {
      apis: API_LIST,
      ...LIKE,
      implementation: 'tributary',
      implementation_version: version,
    }
  })
  return router
}
