import { Worker } from 'node:worker_threads'
import { type MediaFacts, mediaFactsSchema } from './media-facts.ts'
import type { ProbeReply, ProbeRequest } from './probe-protocol.ts'

/** MediaInfo may chew so long on one chunk of 64 KiB, and so long on all of a file; ms. */
const HANG_MS = 1_000
const LONGEST_WORK_MS = 5_000
/** To load the thread and 2.6 MB of WebAssembly; ms. */
const LONGEST_START_MS = 30_000
/** Without work the thread ends, and its 60 to 80 MB are free; ms. */
const IDLE_MS = 30_000
/** WebAssembly never gives memory back: after so many files the thread begins anew. */
const FILES_PER_WORKER = 2_000
/** Whoever waits holds a stream; more are turned away. */
const MOST_WAITING = 16
/** What one probe reads of a file at most, where nobody sets less. */
const MAX_BYTES = 16 * 1024 * 1024

/** A file to be looked at. */
export interface ProbeSource {
  /** Bytes. */
  readonly length: number
  /** At most `length` bytes; fewer at the end, none where no more is to be had. A rejection ends the probe. */
  read(position: number, length: number): Promise<Uint8Array>
}

export interface ProbeOptions {
  /** Ends the probe. */
  readonly signal?: AbortSignal
  /** Of the file; 16 MiB when absent. */
  readonly maxBytes?: number
}

/** `hang`: the parser never came back. `broken`: it or its thread broke down. `busy`: too many wait. */
export type ProbeFault = 'hang' | 'broken' | 'busy' | 'closed'

/**
 * Why a file could not be looked at; it says nothing about the file unless `kind` is `hang` or
 * `broken`.
 */
export class ProbeError extends Error {
  readonly kind: ProbeFault

  constructor(kind: ProbeFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ProbeError'
    this.kind = kind
  }
}

interface Job {
  readonly number: number
  readonly source: ProbeSource
  readonly maxBytes: number
  readonly settle: (outcome: MediaFacts | null | Error) => void
}

/** The one owner of the probe worker: starts it when it is needed, ends it when it hangs or rests. */
export class MediaProbe {
  readonly #hangMs: number
  readonly #waiting: Job[] = []
  #worker: Worker | null = null
  #isReady = false
  /** The worker waits for bytes. */
  #isReading = false
  #files = 0
  #job: Job | null = null
  #nextJob = 1
  #workedMs = 0
  /** While it is the worker's turn, when that began. */
  #turnAt = 0
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor({ hangMs = HANG_MS }: { hangMs?: number } = {}) {
    this.#hangMs = hangMs
  }

  /**
   * What a file's own bytes say; `null` for what is no medium. One file after another. Rejects with
   * ProbeError, the signal's reason, or what `read` rejected with.
   */
  probe(source: ProbeSource, options: ProbeOptions = {}): Promise<MediaFacts | null> {
    const { signal, maxBytes = MAX_BYTES } = options
    if (this.#isClosed) return Promise.reject(new ProbeError('closed', 'the probe is closed'))
    if (this.#waiting.length >= MOST_WAITING) {
      return Promise.reject(new ProbeError('busy', 'too many files wait to be looked at'))
    }
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const onAbort = (): void => this.#giveUp(job, signal?.reason)
      const job: Job = {
        number: this.#nextJob++,
        source,
        maxBytes,
        settle: (outcome) => {
          signal?.removeEventListener('abort', onAbort)
          if (outcome instanceof Error) reject(outcome)
          else resolve(outcome)
        },
      }
      signal?.addEventListener('abort', onAbort)
      this.#waiting.push(job)
      this.#next()
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const error = new ProbeError('closed', 'the probe is closed')
    for (const job of this.#waiting.splice(0)) job.settle(error)
    const worker = this.#worker
    this.#end(error)
    await worker?.terminate()
  }

  #next(): void {
    if (this.#job !== null) return
    const job = this.#waiting.shift()
    if (job === undefined) {
      if (this.#worker !== null) this.#wait(IDLE_MS, () => this.#end(null))
      return
    }
    this.#job = job
    this.#workedMs = 0
    if (this.#files++ >= FILES_PER_WORKER) this.#dropWorker()
    if (this.#worker === null) this.#start()
    else if (this.#isReady) this.#begin(job)
  }

  #start(): void {
    const entry = import.meta.url.endsWith('.ts') ? 'probe-worker-source.mjs' : 'probe-worker.js'
    const worker = new Worker(new URL(`./${entry}`, import.meta.url))
    worker.unref()
    const ofThis = <Event>(act: (event: Event) => void) => {
      return (event: Event): void => {
        if (this.#worker === worker) act(event)
      }
    }
    worker.on(
      'message',
      ofThis<ProbeReply>((reply) => this.#onReply(reply)),
    )
    worker.on(
      'error',
      ofThis<Error>((error) => this.#break(error.message)),
    )
    worker.on(
      'exit',
      ofThis<number>((code) => this.#break(`its thread ended with ${code}`)),
    )
    this.#worker = worker
    this.#isReady = false
    this.#files = 1
    this.#wait(LONGEST_START_MS, () => this.#break('its thread does not start'))
  }

  #begin({ number: job, source: { length }, maxBytes }: Job): void {
    this.#post({ kind: 'probe', job, length, maxBytes })
  }

  /** Gives the worker its turn, for so long as it may take. */
  #post(request: ProbeRequest): void {
    this.#turnAt = performance.now()
    const left = Math.max(1, LONGEST_WORK_MS - this.#workedMs)
    this.#wait(Math.min(this.#hangMs, left), () => {
      this.#end(new ProbeError('hang', 'the parser does not come to an end'))
      this.#next()
    })
    const transfer = request.kind === 'bytes' ? [request.data.buffer as ArrayBuffer] : []
    this.#worker?.postMessage(request, transfer)
  }

  #onReply(reply: ProbeReply): void {
    const job = this.#job
    if (reply.kind !== 'ready' && reply.job !== job?.number) return
    clearTimeout(this.#timer)
    if (reply.kind === 'ready') this.#isReady = true
    else this.#workedMs += performance.now() - this.#turnAt
    if (job === null) this.#next()
    else this.#answer(job, reply)
  }

  #answer(job: Job, reply: ProbeReply): void {
    switch (reply.kind) {
      case 'ready':
        this.#begin(job)
        return
      case 'read':
        void this.#read(job, reply.position, reply.length)
        return
      case 'facts':
        this.#settle(job, mediaFactsSchema.nullable().catch(null).parse(reply.facts))
        return
      case 'broken':
        this.#break(reply.message)
    }
  }

  async #read(job: Job, position: number, length: number): Promise<void> {
    this.#isReading = true
    try {
      const data = await job.source.read(position, length)
      if (this.#job !== job) return
      this.#isReading = false
      // A copy: what is given away is no longer there for whoever read it.
      this.#post({ kind: 'bytes', data: Uint8Array.from(data) })
    } catch (error) {
      this.#giveUp(job, error)
    }
  }

  /** Nobody wants it any more, or it cannot be read. */
  #giveUp(job: Job, reason: unknown): void {
    const error = reason instanceof Error ? reason : new Error(String(reason))
    const place = this.#waiting.indexOf(job)
    if (place >= 0) this.#waiting.splice(place, 1)
    if (place >= 0) job.settle(error)
    if (this.#job !== job) return
    if (this.#isReading) {
      this.#isReading = false
      this.#worker?.postMessage({ kind: 'abandon' } satisfies ProbeRequest)
      this.#settle(job, error)
      return
    }
    this.#end(error)
    this.#next()
  }

  #break(message: string): void {
    this.#end(new ProbeError('broken', `MediaInfo broke down: ${message}`))
    if (!this.#isClosed) this.#next()
  }

  #settle(job: Job, outcome: MediaFacts | null | Error): void {
    this.#job = null
    job.settle(outcome)
    this.#next()
  }

  /** Ends the worker, and with `error` what it worked on. */
  #end(error: Error | null): void {
    clearTimeout(this.#timer)
    this.#dropWorker()
    const job = this.#job
    this.#job = null
    if (error !== null) job?.settle(error)
  }

  #dropWorker(): void {
    const worker = this.#worker
    this.#worker = null
    this.#isReady = false
    this.#isReading = false
    void worker?.terminate()
  }

  #wait(ms: number, act: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(act, ms).unref()
  }
}
