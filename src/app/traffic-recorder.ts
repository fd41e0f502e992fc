import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import { replaceFile } from '../replace-file.ts'
import type { DescriptionSigns } from '../upnp/renderers/renderer-signs.ts'
import type { Exchange, Traffic, WireMessage } from '../upnp/traffic/traffic.ts'
import { makeUsableFolder } from './make-folder.ts'
import { recordedDescription } from './recorded-description.ts'
import { fixtureOf, type RecordedRequest, recordedRequest } from './recorded-fixture.ts'

/** Of one renderer; a person browses and plays a film in some 50. */
const MAX_REQUESTS = 500
const MAX_RENDERERS = 32
/** For more to come before a file is written. */
const WRITE_DELAY_MS = 1_000

/** A search of ours is heard again within this time. */
const OWN_SEARCH_MS = 1_000

interface Recording {
  readonly number: number
  readonly requests: RecordedRequest[]
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
 * `renderer-1.json`, the request that tells who it is before all others. Addresses and UUIDs are made up.
 */
export class TrafficRecorder {
  readonly #options: TrafficRecorderOptions
  /** By address. */
  readonly #recordings = new Map<string, Recording>()
  /** What renderers say of themselves, by address; the oldest makes room. */
  readonly #descriptions = new Map<string, DescriptionSigns>()
  /** When we last searched for something; by all that we said, which is one of a few. */
  readonly #ownSearches = new Map<string, number>()
  #cancelWrite: (() => void) | null = null
  #writing: Promise<void> = Promise.resolve()

  constructor(options: TrafficRecorderOptions) {
    this.#options = options
  }

  /** Rejects with the system's error where the folder cannot be made or used. */
  async open(): Promise<void> {
    await makeUsableFolder(this.#options.folder)
    this.#options.traffic.listen((exchange) => this.#record(exchange))
  }

  /** Writes what is still to be written. */
  async close(): Promise<void> {
    this.#options.traffic.listen(null)
    this.#cancelWrite?.()
    this.#writeSoon()
    await this.#writing
  }

  #record(exchange: Exchange): void {
    const { direction, address, request, answer } = exchange
    if (this.#isOwnSearch(direction, request)) return
    const description = recordedDescription(exchange)
    if (description !== null) this.#describe(address, description)
    const recorded = direction === 'received' ? recordedRequest(request, answer) : null
    if (recorded === null) return
    const recording = this.#recordings.get(address) ?? this.#begin(address)
    if (recording === null || recording.requests.length >= MAX_REQUESTS) return
    recording.requests.push(recorded)
    this.#change(recording)
  }

  #describe(address: string, description: DescriptionSigns): void {
    this.#descriptions.set(address, description)
    const [oldest] = this.#descriptions.keys()
    if (this.#descriptions.size > MAX_RENDERERS && oldest !== undefined) {
      this.#descriptions.delete(oldest)
    }
    const recording = this.#recordings.get(address)
    if (recording !== undefined) this.#change(recording)
  }

  #change(recording: Recording): void {
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
    const recording = { number, requests: [], isChanged: true }
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
      for (const [address, recording] of this.#recordings) {
        if (!recording.isChanged) continue
        recording.isChanged = false
        const { requests, number } = recording
        const fixture = fixtureOf(requests, this.#descriptions.get(address))
        const text = `${JSON.stringify(fixture, null, 2)}\n`
        await replaceFile(join(folder, `renderer-${number}.json`), text)
      }
    } catch (error) {
      log.error({ err: error, folder }, 'what renderers ask cannot be recorded')
    }
  }
}
