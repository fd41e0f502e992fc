import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Host } from './lab.ts'
import { prefixed } from './program.ts'

export interface FetchOptions {
  readonly method?: string
  /** `a-b`, without the unit. */
  readonly range?: string
  /** Text, or the path of a file as `@path`. */
  readonly body?: string
  /** Of the body; default text/plain. */
  readonly contentType?: string
  /** Default 60 s for the whole answer. */
  readonly timeoutMs?: number
  /** Bytes a second that the client takes; default as fast as they come. */
  readonly limitRate?: number
}

export interface Fetched {
  readonly url: string
  readonly status: number
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly byteCount: number
  readonly sha256: string
  /** The body as text; empty when it is longer than 1 MiB. */
  readonly text: string
  /** From the start of the request to the first byte of the answer, and to its last, by curl's own clock. */
  readonly firstByteMs: number
  readonly totalMs: number
  /** curl's exit code: 0, or 18 for an answer that was cut off, 28 for one that took too long. */
  readonly exitCode: number
}

const TEXT_LIMIT_BYTES = 2 ** 20

/** One request by curl from within `host`; the body is hashed while it arrives. */
export async function fetchFrom(
  host: Host,
  url: string,
  options: FetchOptions = {},
): Promise<Fetched> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-curl-'))
  try {
    return await fetchInto(join(folder, 'headers'), host, url, options)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function fetchInto(
  headerFile: string,
  host: Host,
  url: string,
  options: FetchOptions,
): Promise<Fetched> {
  const [file = '', ...args] = prefixed(['curl', ...curlOptions(headerFile, options), url], host)
  const curl = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const hash = createHash('sha256')
  const chunks: Buffer[] = []
  let byteCount = 0
  let times = ''
  curl.stderr.setEncoding('utf8').on('data', (text: string) => {
    times += text
  })
  curl.stdout.on('data', (chunk: Buffer) => {
    byteCount += chunk.length
    hash.update(chunk)
    if (byteCount <= TEXT_LIMIT_BYTES) chunks.push(chunk)
  })
  await once(curl, 'close')
  const [firstByteMs = Number.NaN, totalMs = Number.NaN] = times
    .trim()
    .split(' ')
    .map((seconds) => Number.parseFloat(seconds) * 1_000)
  return {
    url,
    ...parseHeaders(await readFile(headerFile, 'latin1').catch(() => '')),
    byteCount,
    sha256: hash.digest('hex'),
    text: byteCount <= TEXT_LIMIT_BYTES ? Buffer.concat(chunks).toString('utf8') : '',
    firstByteMs,
    totalMs,
    exitCode: curl.exitCode ?? -1,
  }
}

function curlOptions(headerFile: string, options: FetchOptions): readonly string[] {
  const { method, range, body, timeoutMs = 60_000, limitRate } = options
  const { contentType = 'text/plain' } = options
  return [
    '--silent',
    '--no-buffer',
    '--globoff',
    ...['--dump-header', headerFile],
    ...['--write-out', '%{stderr}%{time_starttransfer} %{time_total}'],
    ...['--max-time', `${timeoutMs / 1_000}`],
    ...(method === 'HEAD' ? ['--head', '--output', '/dev/null'] : []),
    ...(method && method !== 'HEAD' ? ['--request', method] : []),
    ...(range ? ['--range', range] : []),
    ...(body === undefined
      ? []
      : ['--header', `Content-Type: ${contentType}`, '--data-binary', body]),
    ...(limitRate ? ['--limit-rate', `${limitRate}`] : []),
  ]
}

function parseHeaders(text: string): Pick<Fetched, 'status' | 'headers'> {
  const headers = new Map<string, string>()
  for (const [, name = '', value = ''] of text.matchAll(/^([^:\s]+):\s*(.*?)\r?$/gm)) {
    headers.set(name.toLowerCase(), value)
  }
  return { status: Number(text.match(/^HTTP\/\S+ (\d+)/)?.[1] ?? 0), headers }
}
