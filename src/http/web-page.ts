import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Router } from '@koa/router'
import { ApiError } from './messages/api-error.ts'

/** The built page: dist/web, for src/http and dist/http alike. */
const FOLDER = fileURLToPath(new URL('../../dist/web/', import.meta.url))

/** Nothing but our own files runs in the page, and no other page shows it in a frame. */
const HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "media-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  webmanifest: 'application/manifest+json',
}

/** What grows when it is compressed is sent as it is. */
const COMPRESSED = new Set(['html', 'css', 'js', 'svg', 'webmanifest'])

interface PageFile {
  readonly type: string
  readonly bytes: Buffer
  readonly gzipped: Buffer | null
  /** Strong: of the bytes. */
  readonly etag: string
  /** Its name changes with its bytes. */
  readonly isHashed: boolean
}

/** GET /web/: the page, read once and kept in memory, compressed; a few hundred kilobytes. */
export function webPageRouter(folder = FOLDER): Router {
  const router = new Router({ strict: true })
  let files: Promise<ReadonlyMap<string, PageFile>> | null = null
  router.get('/web', (context) => {
    context.set('Location', './web/')
    context.body = ''
    context.status = 308
  })
  router.get('/web/{*path}', async (context) => {
    files ??= readFiles(folder)
    const name = context.path.slice('/web/'.length) || 'index.html'
    const file = (await files).get(name)
    if (file === undefined) throw new ApiError(404, `the page has no file ${JSON.stringify(name)}`)
    const age = file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache'
    context.set({ ...HEADERS, 'Content-Type': file.type, 'Cache-Control': age, ETag: file.etag })
    context.vary('Accept-Encoding')
    context.status = 200
    if (context.fresh) {
      context.status = 304
      return
    }
    const isGzipped = file.gzipped !== null && context.acceptsEncodings('gzip') === 'gzip'
    if (isGzipped) context.set('Content-Encoding', 'gzip')
    context.body = isGzipped ? file.gzipped : file.bytes
    context.set('Content-Type', file.type)
  })
  return router
}

/** By their path below the folder, with slashes. Empty where the page has not been built. */
async function readFiles(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  return new Map(
    await Promise.all(
      files.map(async (entry): Promise<[string, PageFile]> => {
        const path = join(entry.parentPath, entry.name)
        const name = path.slice(folder.length).replaceAll('\\', '/').replace(/^\//, '')
        return [name, await readPageFile(path, name)]
      }),
    ),
  )
}

async function readPageFile(path: string, name: string): Promise<PageFile> {
  const bytes = await readFile(path)
  const extension = name.split('.').at(-1) ?? ''
  const gzipped = COMPRESSED.has(extension) ? await promisify(gzip)(bytes, { level: 9 }) : null
  return {
    type: TYPES[extension] ?? 'application/octet-stream',
    bytes,
    gzipped,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    isHashed: name.startsWith('assets/'),
  }
}
