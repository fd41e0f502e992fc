import { Agent as HttpAgent, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { errorCode } from '../../error-code.ts'
import type { HttpClient } from '../http-client/http-client.ts'
import { HttpClientError } from '../http-client/http-client-error.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { TorrentFile } from '../metainfo/torrent-file.ts'
import type { ByteRange } from '../pieces/byte-range.ts'
import { requireRange, WebSeedError } from './range-answer.ts'
import { fileUrl } from './web-seed-url.ts'

/** A server that has not sent so much within that time sends nothing worth waiting for; ms and bytes. */
const SILENT_MS = 15_000
const LEAST_BYTES = 16_384
const IDLE_SOCKET_MS = 30_000
/** Where files have moved to is remembered for so many. */
const MAX_MOVED = 1_000

/** Which addresses may be asked: those of the internet, or our own networks as well. */
export type WebSeedReach = 'public' | 'any'

/** Bytes of a torrent, start inclusive and end exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Where a file is asked for. */
interface Place {
  readonly url: URL
  /** Some server of the internet has led there. */
  readonly isFromPublic: boolean
}

export interface WebSeedFilesOptions {
  readonly url: string
  readonly metainfo: Pick<Metainfo, 'name' | 'isFolder' | 'files'>
  readonly client: HttpClient
  readonly reach: WebSeedReach
}

/** The files of a torrent as they lie on one server. */
export class WebSeedFiles {
  readonly #options: WebSeedFilesOptions
  readonly #http = new HttpAgent({ keepAlive: true, timeout: IDLE_SOCKET_MS })
  readonly #https = new HttpsAgent({ keepAlive: true, timeout: IDLE_SOCKET_MS })
  /** After redirects, by index. */
  readonly #moved = new Map<number, Place>()

  constructor(options: WebSeedFilesOptions) {
    this.#options = options
  }

  /** The bytes of a span, as they come. Throws WebSeedFault, or the signal's reason. */
  async *read({ start, end }: Span, signal: AbortSignal): AsyncIterable<Uint8Array> {
    for (const file of filesWithin(this.#options.metainfo.files, start, end)) {
      const from = Math.max(start, file.offset) - file.offset
      const to = Math.min(end, file.offset + file.length) - file.offset
      if (file.padding || file.symlink !== null) yield new Uint8Array(to - from)
      else yield* this.#readFile(file, { start: from, end: to }, signal)
    }
  }

  close(): void {
    this.#http.destroy()
    this.#https.destroy()
  }

  async *#readFile(file: TorrentFile, span: Span, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const silence = new Silence(signal)
    try {
      yield* this.#readRange(file, span, silence)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw new WebSeedFault(file, { cause: error, ended: silence.reason })
    } finally {
      silence.end()
    }
  }

  async *#readRange(file: TorrentFile, span: Span, silence: Silence): AsyncIterable<Uint8Array> {
    const range = { start: span.start, end: span.end - 1 }
    const response = await this.#open(file, range, silence.signal)
    let left = span.end - span.start
    try {
      for await (const chunk of response as AsyncIterable<Uint8Array>) {
        silence.heard(chunk.length)
        if (chunk.length > left) throw new WebSeedError('wrong', 'it sent more than was asked for')
        left -= chunk.length
        yield chunk
      }
    } finally {
      // Read to its end, its socket goes back to the agent by itself.
      if (left > 0) response.destroy()
    }
    if (left > 0) throw new WebSeedError('failed', `it hung up ${left} bytes too early`)
  }

  async #open(file: TorrentFile, range: ByteRange, signal: AbortSignal): Promise<IncomingMessage> {
    const moved = this.#moved.get(file.index)
    if (moved !== undefined) {
      try {
        return await this.#ask(file, moved, range, signal)
      } catch {
        signal.throwIfAborted()
        // A redirect may hold for some minutes only, as those that are signed do.
        this.#moved.delete(file.index)
      }
    }
    const { metainfo, url: seed } = this.#options
    const place = { url: fileUrl(seed, metainfo, file), isFromPublic: false }
    return await this.#ask(file, place, range, signal)
  }

  async #ask(
    file: TorrentFile,
    place: Place,
    range: ByteRange,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const { client, reach } = this.#options
    let { isFromPublic } = place
    const { response, url } = await client.getRange({
      ...{ url: place.url, range, signal },
      agent: ({ protocol }) => (protocol === 'https:' ? this.#https : this.#http),
      mayAsk: (hop) => {
        isFromPublic ||= hop.isFromPublic
        // Torrents are written by strangers: they must not lead us into our own networks.
        return hop.kind === 'public' || (reach === 'any' && !isFromPublic)
      },
    })
    try {
      requireRange(response, range, file.length)
    } catch (error) {
      response.destroy()
      throw error
    }
    const hasMoved = url.href !== place.url.href
    if (hasMoved && this.#moved.size < MAX_MOVED) this.#moved.set(file.index, { url, isFromPublic })
    return response
  }
}

/** What went wrong with one file. */
export class WebSeedFault extends Error {
  override readonly name = 'WebSeedFault'
  readonly file: TorrentFile
  readonly error: WebSeedError

  /** @param failure - `ended` is why we have ended it, `null` where we have not. */
  constructor(
    file: TorrentFile,
    { cause, ended }: { readonly cause: unknown; readonly ended: unknown },
  ) {
    const error = asWebSeedError(ended ?? cause)
    super(error.message, { cause })
    this.file = file
    this.error = error
  }
}

/** Ends a request over which nothing comes any more, or next to nothing. */
class Silence {
  readonly #ending = new AbortController()
  readonly #outer: AbortSignal
  readonly #abort = (): void => this.#ending.abort(this.#outer.reason)
  readonly #timer: NodeJS.Timeout
  /** Since the last time that it was enough. */
  #bytes = 0

  constructor(outer: AbortSignal) {
    this.#outer = outer
    this.#timer = setTimeout(() => {
      const what = this.#bytes === 0 ? 'was silent for' : `sent ${this.#bytes} bytes in`
      this.#ending.abort(new WebSeedError('failed', `it ${what} ${SILENT_MS / 1_000} s`))
    }, SILENT_MS)
    outer.addEventListener('abort', this.#abort, { once: true })
    if (outer.aborted) this.#abort()
  }

  get signal(): AbortSignal {
    return this.#ending.signal
  }

  /** Why it was ended, which the socket only calls cut; `null` where it was not. */
  get reason(): unknown {
    return this.#ending.signal.aborted ? this.#ending.signal.reason : null
  }

  heard(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes < LEAST_BYTES) return
    this.#bytes = 0
    this.#timer.refresh()
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#outer.removeEventListener('abort', this.#abort)
  }
}

function asWebSeedError(error: unknown): WebSeedError {
  if (error instanceof WebSeedError) return error
  const isCut = errorCode(error) === 'ECONNRESET'
  const message = isCut ? 'it hung up' : error instanceof Error ? error.message : String(error)
  const isOurs = error instanceof HttpClientError && error.cause === undefined
  // What our client refuses, such as an address of our own network, it will refuse again.
  return new WebSeedError(isOurs ? 'useless' : 'failed', message, { cause: error })
}

/** In order; those without bytes are left out. */
function* filesWithin(
  files: readonly TorrentFile[],
  start: number,
  end: number,
): Iterable<TorrentFile> {
  let low = 0
  let high = files.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const file = files[middle]
    if (file !== undefined && file.offset + file.length <= start) low = middle + 1
    else high = middle
  }
  for (let index = low; index < files.length; index++) {
    const file = files[index]
    if (file === undefined || file.offset >= end) return
    if (file.length > 0) yield file
  }
}
