import type { IncomingMessage, ServerResponse } from 'node:http'
import { RE2JS } from 're2js'

/** Pages that are made while rqbit's own page is developed, and its desktop program. */
const KNOWN_ORIGINS: ReadonlySet<string> = new Set([
  'http://localhost:3031',
  'http://127.0.0.1:3031',
  'http://localhost:1420',
  'tauri://localhost',
])

/** Which foreign web pages may use the API (Fetch, CORS protocol). */
export class CrossOrigin {
  readonly #pattern: RE2JS

  /** `pattern` (RE2 syntax) is looked for in the origin. Throws where it is none. */
  constructor(pattern: string) {
    this.#pattern = RE2JS.compile(pattern)
  }

  allows(origin: string): boolean {
    return KNOWN_ORIGINS.has(origin) || this.#pattern.matcher(origin).find()
  }

  /** Says in the answer whether the page that asks may read it. True where the answer is complete. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const { origin } = request.headers
    response.setHeader('Vary', 'Origin')
    const isPreflight =
      request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
    if (origin !== undefined && this.allows(origin)) {
      response.setHeader('Access-Control-Allow-Origin', origin)
      response.setHeader(
        'Access-Control-Expose-Headers',
        'Content-Range, Content-Length, Accept-Ranges, Content-Disposition, x-bitfield-len',
      )
    }
    if (!isPreflight) return false
    response.setHeader('Access-Control-Allow-Headers', '*, Authorization')
    response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, PATCH, DELETE')
    response.writeHead(200, { 'Content-Length': 0 }).end()
    return true
  }
}
