import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type Clock, steadyClock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import { parseUrl } from '../../parse-url.ts'
import type { Binding } from '../binding/binding.ts'
import { HttpClient } from '../http-client/http-client.ts'
import { namesOf } from '../http-client/name-lookup.ts'
import { Blocklist } from '../swarm/blocklist.ts'

/** As it comes, and unpacked. */
const MAX_FETCHED_BYTES = 64 * 1024 * 1024
const MAX_BYTES = 512 * 1024 * 1024
const FETCH_TIMEOUT_MS = 120_000
/** A URL is asked again so often, after a failure sooner; a file is looked at; ms. */
const URL_MS = 24 * 3_600_000
const RETRY_MS = 600_000
const FILE_MS = 60_000

export interface BlocklistSurroundings {
  readonly log: Logger
  readonly clock?: Clock
  /** By what a URL is fetched; anything for `null` or absent. */
  readonly binding?: Binding | null
}

/** A list of addresses that nobody may come from, from a file or a URL, read again when it changes. */
export class BlocklistSource {
  readonly #source: string
  readonly #log: Logger
  readonly #clock: Clock
  readonly #binding: Binding | null
  /** Told when there is another list. */
  onChange = (): void => {}
  #list: Blocklist | null = null
  #version = ''
  #cancel = (): void => {}
  #isClosed = false

  constructor(source: string, { log, clock = steadyClock, binding = null }: BlocklistSurroundings) {
    this.#source = source
    this.#log = log
    this.#clock = clock
    this.#binding = binding
  }

  get size(): number {
    return this.#list?.size ?? 0
  }

  has(address: string): boolean {
    return this.#list?.has(address) ?? false
  }

  /**
   * Rejects where a file cannot be read, or a URL that has to be `there`; otherwise that is only said of a URL, and it is
   * tried again.
   */
  async open(need: 'there' | 'some time' = 'some time'): Promise<void> {
    const url = parseHttpUrl(this.#source)
    if (url !== null && need === 'some time') return await this.#again()
    if (url === null) await this.#readFile()
    else await this.#fetch(url)
    this.#lookIn(url === null ? FILE_MS : URL_MS)
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  #lookIn(ms: number): void {
    if (!this.#isClosed) this.#cancel = this.#clock.after(ms, () => void this.#again())
  }

  /** The old list holds where the new one cannot be had. Never rejects. */
  async #again(): Promise<void> {
    const url = parseHttpUrl(this.#source)
    try {
      if (url === null) await this.#readFile()
      else await this.#fetch(url)
      this.#lookIn(url === null ? FILE_MS : URL_MS)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#log.warn({ reason, ranges: this.size }, 'the blocklist cannot be read')
      this.#lookIn(url === null ? FILE_MS : RETRY_MS)
    }
  }

  async #fetch(url: URL): Promise<void> {
    await this.#take([await fetchList(url, this.#binding)])
  }

  async #readFile(): Promise<void> {
    const { mtimeMs, size, ino } = await stat(this.#source).catch((error: Error) => {
      throw new Error(`${this.#source} cannot be read (--blocklist): ${error.message}`)
    })
    const version = `${mtimeMs} ${size} ${ino}`
    if (version === this.#version) return
    await this.#take(createReadStream(this.#source)).catch((error: Error) => {
      throw new Error(`${this.#source} cannot be used (--blocklist): ${error.message}`)
    })
    this.#version = version
  }

  async #take(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    let length = 0
    const list = await Blocklist.read(
      bounded(unpacked(bytes), (taken) => {
        length = taken
      }),
    )
    // A web page that says that one has to log in is none, and would leave nobody blocked.
    if (list.size === 0 && length > 0) throw new Error('there is no range of addresses in it')
    this.#list = list
    if (list.isCut) {
      const message = 'the blocklist is longer than what can be held: the rest of it is not blocked'
      this.#log.warn({ ranges: this.size }, message)
    } else this.#log.info({ ranges: this.size }, 'the blocklist is read')
    this.onChange()
  }
}

function parseHttpUrl(source: string): URL | null {
  return /^https?:\/\//i.test(source) ? parseUrl(source) : null
}

async function fetchList(url: URL, binding: Binding | null): Promise<Uint8Array> {
  const client = new HttpClient(namesOf(binding), binding)
  const answer = await client.get({
    ...{ url, maxBytes: MAX_FETCHED_BYTES, timeoutMs: FETCH_TIMEOUT_MS },
    // The owner of this machine has named it.
    mayAsk: () => true,
  })
  if (answer.kind === 'body' && answer.status === 200) return answer.body
  throw new Error(
    answer.kind === 'body' ? `it answered ${answer.status}` : 'it redirects elsewhere',
  )
}

/** What eMule's lists often come in. */
const ZIP = Buffer.from('PK\x03\x04', 'latin1')

/** Of gzip where it begins like it. */
async function* unpacked(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  const stream = Readable.from(bytes)
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  const { value: first, done } = await iterator.next()
  if (done === true) return
  async function* all(): AsyncIterable<Uint8Array> {
    yield first
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      yield next.value
    }
  }
  if (Buffer.from(first.subarray(0, ZIP.length)).equals(ZIP)) {
    throw new Error('it is a zip archive: text or gzip is needed')
  }
  if (first[0] !== 0x1f || first[1] !== 0x8b) yield* all()
  else {
    const packed = Readable.from(all())
    const gunzip = createGunzip()
    packed.once('error', (error) => gunzip.destroy(error))
    yield* packed.pipe(gunzip) as AsyncIterable<Uint8Array>
  }
}

/** Tells how many bytes it has been by now. */
async function* bounded(
  bytes: AsyncIterable<Uint8Array>,
  tell: (length: number) => void,
): AsyncIterable<Uint8Array> {
  let length = 0
  for await (const chunk of bytes) {
    length += chunk.length
    if (length > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`)
    tell(length)
    yield chunk
  }
}
