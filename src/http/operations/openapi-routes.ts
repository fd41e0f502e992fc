import { Router } from '@koa/router'
import { openApiDocument } from '../schemas/openapi.ts'

/** GET /openapi.json. It is made once, when somebody asks. */
export function openApiRouter(version: string): Router {
  const router = new Router()
  let text: string | null = null
  router.get('/openapi.json', (context) => {
    text ??= JSON.stringify(openApiDocument(version))
    context.type = 'application/json'
    context.body = text
  })
  return router
}
