import { readFile } from 'node:fs/promises'
import { Router } from '@koa/router'

/** The page's files, at the top of the package, beside src/ and dist/. */
const FOLDER = new URL('../../public/', import.meta.url)

const FILES: Readonly<Record<string, { readonly name: string; readonly mimeType: string }>> = {
  '/web/': { name: 'index.html', mimeType: 'text/html; charset=utf-8' },
  '/web/page.css': { name: 'page.css', mimeType: 'text/css; charset=utf-8' },
  '/web/page.js': { name: 'page.js', mimeType: 'text/javascript; charset=utf-8' },
}

/** Nothing but our own files runs in the page, and no other page shows it in a frame. */
const HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
}

/** GET /web/: one static page. */
export function webPageRouter(): Router {
  const router = new Router({ strict: true })
  router.get('/web', (context) => {
    context.set('Location', './web/')
    context.body = ''
    context.status = 308
  })
  for (const [path, { name, mimeType }] of Object.entries(FILES)) {
    router.get(path, async (context) => {
      const text = await readFile(new URL(name, FOLDER))
      context.set({ ...HEADERS, 'Content-Type': mimeType })
      context.body = text
    })
  }
  return router
}
