/** What the server, or the way to it, has against a request. */
export class RequestError extends Error {
  /** 0 where there was no answer at all. */
  readonly status: number
  /** What went wrong, where the server says so: it stays where the message changes. */
  readonly code: string | null

  constructor(
    message: string,
    status: number,
    options: ErrorOptions & { code?: string | null } = {},
  ) {
    super(message, options)
    this.name = 'RequestError'
    this.status = status
    this.code = options.code ?? null
  }

  /** The server knows no such route: it is older than the page, or runs without that part. */
  get isMissingRoute(): boolean {
    return this.status === 501 || (this.status === 404 && this.message.startsWith('no such route'))
  }
}

/** The server's root: one folder above the page, wherever a proxy has put that. Ends in a slash. */
export function serverRoot(): string {
  return new URL('../', document.baseURI).href
}

/** @param path of a route, with or without its leading slash, or a whole URL, which stays as it is */
export function serverUrl(path: string): string {
  return new URL(path.replace(/^\/+/, ''), serverRoot()).href
}

export interface RequestOptions {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH'
  readonly body?: BodyInit
  /** Sent instead of a body. */
  readonly json?: unknown
  readonly accept?: string
  readonly signal?: AbortSignal
  /** Goes on when the page is left. */
  readonly keepalive?: boolean
}

/** @throws RequestError in the server's own words, or with status 0 where there is no answer */
export async function request(path: string, options: RequestOptions = {}): Promise<Response> {
  const { accept, json, ...init } = options
  let response: Response
  try {
    response = await fetch(serverUrl(path), {
      ...init,
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      headers: {
        ...(accept === undefined ? {} : { Accept: accept }),
        ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
    })
  } catch (error) {
    throw options.signal?.aborted ? error : new RequestError('', 0, { cause: error })
  }
  if (!response.ok) throw await errorOf(response)
  return response
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await request(path, signal === undefined ? {} : { signal })
  return (await response.json()) as T
}

/** Sends JSON, or nothing, and gives what is answered. */
export async function sendJson<T>(
  method: 'POST' | 'PUT' | 'PATCH',
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await request(path, { method, json: body })
  return (await response.json()) as T
}

async function errorOf(response: Response): Promise<RequestError> {
  const { status } = response
  const text = await response.text().catch(() => '')
  try {
    const { human_readable: message, code } = JSON.parse(text) as Record<string, unknown>
    if (typeof message === 'string') {
      return new RequestError(message, status, { code: typeof code === 'string' ? code : null })
    }
  } catch {
    // No JSON: a proxy's answer, or one that is cut off.
  }
  return new RequestError(text.trim().startsWith('<') ? '' : text.slice(0, 300), status)
}
