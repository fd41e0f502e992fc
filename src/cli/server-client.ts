import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { join, resolve } from 'node:path'
import { readRunningServer } from '../app/running-server.ts'
import type { ServerTarget } from '../config/command-line.ts'
import type { Credentials } from '../config/options/access-options.ts'
import { CliError } from './cli-error.ts'

/** What is asked of a server. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST'
  /** Below the server's URL, with its query: `torrents?with_stats=true`. */
  readonly path: string
  readonly body?: Uint8Array | string
  /** In place of a body. */
  readonly json?: unknown
}

/** A server that fetches a torrent file first takes 30 s at most. */
const SILENCE_MS = 60_000
/** A list of 10,000 torrents has about 10 MB. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024

/** The JSON API of one server; node:http rather than fetch, which refuses some ports. */
export class ServerClient {
  readonly #base: URL
  readonly #auth: Credentials | null
  readonly #silenceMs: number

  constructor(base: URL, auth: Credentials | null, silenceMs = SILENCE_MS) {
    this.#base = base.pathname.endsWith('/') ? base : new URL(`${base.href.split(/[?#]/)[0]}/`)
    this.#auth = auth
    this.#silenceMs = silenceMs
  }

  /** Without a password. */
  get url(): string {
    return `${this.#base.origin}${this.#base.pathname}`
  }

  /** Rejects with CliError, which says what the server said, or that there is none. */
  async ask(request: ApiRequest): Promise<unknown> {
    const { status, text } = await this.#send(request)
    const answer = parseJson(text)
    if (status >= 200 && status < 300 && answer !== undefined) return answer
    if (answer === undefined) throw new CliError(`what answers at ${this.url} is no Tributary`)
    if (status === 401) throw new CliError(this.#refusal)
    throw new CliError(messageOf(answer) ?? `${this.url} answers ${status}`)
  }

  get #refusal(): string {
    return this.#auth === null
      ? `${this.url} wants a password: --auth user:pass`
      : `${this.url} does not know that user with that password`
  }

  async #send(request: ApiRequest): Promise<{ status: number; text: string }> {
    try {
      const response = await this.#open(request)
      return { status: response.statusCode ?? 0, text: await textOf(response) }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new CliError(`no server answers at ${this.url}: ${reason}`, { cause: error })
    }
  }

  #open({ method, path, json, ...rest }: ApiRequest): Promise<IncomingMessage> {
    const body = json === undefined ? (rest.body ?? '') : JSON.stringify(json)
    const send = this.#base.protocol === 'https:' ? httpsRequest : httpRequest
    const headers: OutgoingHttpHeaders = {
      accept: 'application/json',
      ...(method === 'POST' ? { 'content-length': Buffer.byteLength(body) } : {}),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const { user, password } = this.#auth ?? {}
    const login = user === undefined ? {} : { auth: `${user}:${password}` }
    return new Promise((resolve, reject) => {
      const url = new URL(path, this.#base)
      const request = send(url, { method, headers, ...login, timeout: this.#silenceMs })
      request.on('timeout', () => request.destroy(new Error('it does not answer')))
      request.on('error', reject)
      request.on('response', resolve)
      request.end(body)
    })
  }
}

/** The server that is meant. Rejects with CliError where the data folder knows of none. */
export async function clientOf(target: ServerTarget, silenceMs?: number): Promise<ServerClient> {
  const { url, config } = target
  if (url !== null) {
    const login = url.username === '' ? config.auth : loginIn(url)
    return new ServerClient(new URL(`${url.origin}${url.pathname}`), login, silenceMs)
  }
  const folder = resolve(config.dir ?? '.')
  const running = await readRunningServer(join(folder, '.tributary'))
  if (running !== null) return new ServerClient(new URL(running.url), config.auth, silenceMs)
  throw new CliError(
    `no server runs in ${folder} (name its folder by --dir, or its URL by --server)`,
  )
}

function loginIn({ username, password }: URL): Credentials {
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_ANSWER_BYTES) throw new Error('its answer has no end')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: not from us.
    return undefined
  }
}

/** Of an error as rqbit's API has it. */
function messageOf(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null || !('human_readable' in answer)) return null
  return String(answer.human_readable)
}
