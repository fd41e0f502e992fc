import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import { replaceFile } from '../replace-file.ts'
import { ruleOfRequest } from '../upnp/renderers/renderer-rule.ts'
import { requestSigns } from '../upnp/renderers/renderer-signs.ts'
import { RENDERER_RULES } from '../upnp/renderers/renderer-table.ts'
import type { Exchange, Traffic, WireMessage } from '../upnp/traffic/traffic.ts'

/** Of one renderer; a person browses and plays a film in some 50. */
const MAX_REQUESTS = 500
const MAX_RENDERERS = 32
/** For more to come before a file is written. */
const WRITE_DELAY_MS = 1_000

/** A search of ours is heard again within this time. */
const OWN_SEARCH_MS = 1_000

/** A request of a fixture, and what we answered. */
interface RecordedRequest {
  readonly kind: string
  readonly method: string
  readonly path: string
  readonly http: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly answer?: { readonly status: string; readonly headers: Readonly<Record<string, string>> }
}

interface Recording {
  readonly number: number
  readonly requests: RecordedRequest[]
  rule: string
  isChanged: boolean
}

export interface TrafficRecorderOptions {
  /** It is made if it is not there. */
  readonly folder: string
  readonly traffic: Traffic
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Writes what each renderer asks into a file of its own, in the form of test/fixtures/renderers/:
 * `renderer-1.json`. Addresses and UUIDs are made up.
 */
export class TrafficRecorder {
  readonly #options: TrafficRecorderOptions
  /** By address. */
  readonly #recordings = new Map<string, Recording>()
  /** When we last searched for something; by all that we said, which is one of a few. */
  readonly #ownSearches = new Map<string, number>()
  #cancelWrite: (() => void) | null = null
  #writing: Promise<void> = Promise.resolve()

  constructor(options: TrafficRecorderOptions) {
    this.#options = options
  }

  /** Rejects with the system's error where the folder cannot be made. */
  async open(): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true })
    this.#options.traffic.listen((exchange) => this.#record(exchange))
  }

  /** Writes what is still to be written. */
  async close(): Promise<void> {
    this.#options.traffic.listen(null)
    this.#cancelWrite?.()
    this.#writeSoon()
    await this.#writing
  }

  #record({ direction, address, request, answer }: Exchange): void {
    if (this.#isOwnSearch(direction, request)) return
    const recorded = direction === 'received' ? recordedRequest(request, answer) : null
    if (recorded === null) return
    const recording = this.#recordings.get(address) ?? this.#begin(address)
    if (recording === null || recording.requests.length >= MAX_REQUESTS) return
    recording.rule = ruleOf(recorded.headers) ?? recording.rule
    recording.requests.push(recorded)
    recording.isChanged = true
    this.#cancelWrite ??= this.#options.clock.after(WRITE_DELAY_MS, () => this.#writeSoon())
  }

  /** What we search for ourselves comes back to this machine, and would be a renderer that asks us. */
  #isOwnSearch(direction: Exchange['direction'], request: WireMessage): boolean {
    if (!request.startLine.startsWith('M-SEARCH ')) return false
    const search = JSON.stringify(request.headers)
    const now = this.#options.clock.now()
    if (direction === 'sent') {
      this.#ownSearches.set(search, now)
      return true
    }
    return now - (this.#ownSearches.get(search) ?? Number.NEGATIVE_INFINITY) < OWN_SEARCH_MS
  }

  #begin(address: string): Recording | null {
    if (this.#recordings.size >= MAX_RENDERERS) return null
    const number = this.#recordings.size + 1
    const recording = { number, requests: [], rule: 'default', isChanged: true }
    this.#recordings.set(address, recording)
    return recording
  }

  #writeSoon(): void {
    this.#cancelWrite = null
    this.#writing = this.#writing.then(() => this.#write())
  }

  async #write(): Promise<void> {
    const { folder, log } = this.#options
    try {
      for (const recording of this.#recordings.values()) {
        if (!recording.isChanged) continue
        recording.isChanged = false
        const { rule, requests, number } = recording
        const text = `${JSON.stringify({ rule, requests }, null, 2)}\n`
        await replaceFile(join(folder, `renderer-${number}.json`), text)
      }
    } catch (error) {
      log.error({ err: error, folder }, 'what renderers ask cannot be recorded')
    }
  }
}

function ruleOf(headers: Readonly<Record<string, string>>): string | null {
  const byName = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  const signs = requestSigns(Object.fromEntries(byName))
  return ruleOfRequest(RENDERER_RULES, signs)?.rule.id ?? null
}

/** `null` for datagrams other than searches. */
function recordedRequest(request: WireMessage, answer: WireMessage | null): RecordedRequest | null {
  const [method = '', path = '', protocol = ''] = request.startLine.split(' ')
  if (!protocol.startsWith('HTTP/') || method === 'NOTIFY') return null
  return {
    kind: kindOf(method, path, request.headers),
    method,
    path,
    http: protocol.slice('HTTP/'.length),
    headers: Object.fromEntries(request.headers),
    ...(request.body ? { body: request.body } : {}),
    ...(answer === null
      ? {}
      : { answer: { status: answer.startLine, headers: Object.fromEntries(answer.headers) } }),
  }
}

function kindOf(method: string, path: string, headers: WireMessage['headers']): string {
  const soapAction = headers.find(([name]) => name.toLowerCase() === 'soapaction')?.[1]
  const action = /#(\w+)/.exec(soapAction ?? '')?.[1]
  if (action !== undefined) return action.toLowerCase()
  if (method === 'M-SEARCH') return 'ssdp-search'
  if (method === 'SUBSCRIBE' || method === 'UNSUBSCRIBE') return method.toLowerCase()
  if (/rootDesc\.xml$/i.test(path)) return 'description'
  if (path.startsWith('/upnp/')) return 'description-part'
  return method === 'HEAD' ? 'media-head' : 'media'
}
