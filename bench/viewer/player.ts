import { Agent, get, type IncomingMessage } from 'node:http'
import { isContent } from '../swarm/content.ts'
import { Playback, READY_BYTES } from './playback.ts'

/** How an opening went, in ms since `startedAt`; null where the limit came first. */
export interface Opening {
  readonly firstByteMs: number | null
  readonly readyMs: number | null
}

export interface PlayerOptions {
  /** Where in the film the player begins, in bytes. */
  readonly start: number
  /** In bytes per second. */
  readonly bytesPerSecond: number
  /** On the clock of performance.now(); default: when the request is made. */
  readonly startedAt?: number
  /** How long an opening may take, in ms. */
  readonly limitMs?: number
  /** Another viewer of the same bytes begins so much later, in ms. */
  readonly laterMs?: number
}

const TICK_MS = 20
export const OPENING_LIMIT_MS = 10_000

/** Plays the film from a URL as a TV does, and checks every byte. */
export class Player {
  /** Settles when 2 MiB are there, the limit has passed, or the answer broke. */
  readonly opening: Promise<Opening>
  /** What went wrong: a status, a broken answer, wrong bytes. */
  readonly faults: string[] = []
  readonly #playback: Playback
  /** What another would see of the same bytes who begins later. */
  readonly later: Playback
  readonly #startedAt: number
  readonly #start: number
  readonly #ticker: NodeJS.Timeout
  readonly #limit: NodeJS.Timeout
  readonly #request: ReturnType<typeof get>
  #response: IncomingMessage | null = null
  #settle: (opening: Opening) => void = () => {}
  #received = 0
  #firstByteMs: number | null = null
  #isClosed = false

  constructor(url: string, options: PlayerOptions) {
    this.#start = options.start
    this.#startedAt = options.startedAt ?? performance.now()
    this.#playback = new Playback(options.bytesPerSecond)
    this.later = new Playback(options.bytesPerSecond, this.#startedAt + (options.laterMs ?? 0))
    this.opening = new Promise((resolve) => {
      this.#settle = resolve
    })
    this.#limit = setTimeout(() => this.#giveUp(), options.limitMs ?? OPENING_LIMIT_MS)
    this.#ticker = setInterval(() => this.#tick(), TICK_MS)
    const headers = { Range: `bytes=${options.start}-` }
    this.#request = get(url, { headers, agent: new Agent({ keepAlive: false }) })
    this.#request.on('response', (response) => this.#onResponse(response))
    this.#request.on('error', (error) => this.#fail(error.message))
  }

  get receivedBytes(): number {
    return this.#received
  }

  get stalls(): number {
    return this.#playback.stalls
  }

  get stalledMs(): number {
    return this.#playback.stalledMs
  }

  /** Leaves, as a viewer does: the connection is cut. */
  close(): void {
    this.#isClosed = true
    clearInterval(this.#ticker)
    this.#giveUp()
    this.#request.destroy()
  }

  #onResponse(response: IncomingMessage): void {
    this.#response = response
    if (response.statusCode !== 206) this.#fail(`status ${response.statusCode}`)
    response.on('data', (bytes: Buffer) => this.#onData(bytes))
    response.on('error', (error) => this.#fail(error.message))
    response.on('end', () => clearInterval(this.#ticker))
  }

  #onData(bytes: Buffer): void {
    if (this.#response?.statusCode !== 206 || this.#isClosed) return
    const now = performance.now()
    this.#firstByteMs ??= now - this.#startedAt
    const offset = this.#start + this.#received
    if (!isContent(offset, bytes)) this.#fail(`wrong bytes in ${bytes.length} at ${offset}`)
    this.#received += bytes.length
    this.#playback.receive(bytes.length, now)
    this.later.receive(bytes.length, now)
    if (this.#received >= READY_BYTES) this.#finishOpening(now - this.#startedAt)
    if (this.#playback.isFull) this.#response.pause()
  }

  #tick(): void {
    const now = performance.now()
    this.#playback.receive(0, now)
    this.later.receive(0, now)
    if (this.#response?.isPaused() && !this.#playback.isFull) this.#response.resume()
  }

  #fail(reason: string): void {
    if (this.#isClosed) return
    if (!this.faults.includes(reason)) this.faults.push(reason)
    this.#giveUp()
  }

  #giveUp(): void {
    this.#finishOpening(null)
  }

  #finishOpening(readyMs: number | null): void {
    clearTimeout(this.#limit)
    this.#settle({ firstByteMs: this.#firstByteMs, readyMs })
  }
}
