import { Worker } from 'node:worker_threads'
import type { DiskReply, DiskRequest } from './disk-protocol.ts'
import type { AboutFile } from './file-fault.ts'
import type { StoredFile } from './file-layout.ts'
import type { Undeleted } from './file-removal.ts'
import { readSurvey, type Survey } from './file-survey.ts'
import { packPaths } from './packed-files.ts'

type Outcome = Exclude<DiskReply, { kind: 'failed' }>
/** A job before it has its number. */
export type DiskJob = DiskRequest extends infer J
  ? J extends DiskRequest
    ? Omit<J, 'job'>
    : never
  : never

interface Pending {
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: Error) => void
}

/** A write or read that the operating system refused; `code` is its name, `ENOSPC` for one. */
export class DiskError extends Error {
  readonly code: string
  /** The file that it is about, where it is about one. */
  readonly about: AboutFile | null

  constructor(code: string, message: string, about: AboutFile | null = null) {
    super(message)
    this.name = 'DiskError'
    this.code = code
    this.about = about
  }
}

/** The main thread's end of the disk worker. */
export class Disk {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  #nextJob = 1
  #nextStore = 1
  /** Why no more jobs are done. */
  #ended: Error | null = null

  constructor() {
    const entry = import.meta.url.endsWith('.ts') ? 'disk-worker-source.mjs' : 'disk-worker.js'
    this.#worker = new Worker(new URL(`./${entry}`, import.meta.url))
    this.#worker.on('message', (reply: DiskReply) => this.#settle(reply))
    this.#worker.on('error', ({ message }) => this.#end(new DiskError('WORKER', message)))
  }

  open(facts: Omit<Extract<DiskRequest, { kind: 'open' }>, 'kind' | 'store' | 'job'>): number {
    const store = this.#nextStore++
    // Opening touches no file yet, so it fails only where the worker has ended, and then so do the
    // jobs that follow; they are done after it.
    this.run({ kind: 'open', store, ...facts }).catch(() => {})
    return store
  }

  /** Rejects with DiskError. Memory of a `write` is shared with the worker when it is shared memory. */
  run(job: DiskJob): Promise<Outcome> {
    const number = this.#nextJob++
    if (this.#ended !== null) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => {
      this.#pending.set(number, { resolve, reject })
      this.#worker.postMessage({ ...job, job: number })
    })
  }

  /** Looks at files; rejects with DiskError where the worker has ended. */
  async survey(root: string, files: readonly StoredFile[]): Promise<Survey> {
    const paths = packPaths(files)
    const outcome = await this.run({ kind: 'survey', root, paths })
    return readSurvey(outcome.kind === 'surveyed' ? outcome.facts : new Float64Array())
  }

  /** Deletes files, and tells what could not be deleted and why. */
  async remove(root: string, files: readonly StoredFile[]): Promise<readonly Undeleted[]> {
    const lengths = Float64Array.from(files, ({ length }) => length)
    const outcome = await this.run({ kind: 'remove', root, paths: packPaths(files), lengths })
    return outcome.kind === 'removed' ? outcome.undeleted : []
  }

  async close(): Promise<void> {
    this.#end(new Error('the disk worker has ended'))
    await this.#worker.terminate()
  }

  #settle(reply: DiskReply): void {
    const pending = this.#pending.get(reply.job)
    if (pending === undefined) return
    this.#pending.delete(reply.job)
    if (reply.kind === 'failed')
      pending.reject(new DiskError(reply.code, reply.message, reply.about))
    else pending.resolve(reply)
  }

  #end(error: Error): void {
    this.#ended ??= error
    for (const pending of this.#pending.values()) pending.reject(error)
    this.#pending.clear()
  }
}
