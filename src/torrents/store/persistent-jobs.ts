import type { Disk, DiskError, DiskJob } from './disk.ts'
import { type AboutFile, faultReason } from './file-fault.ts'

const RETRY_MS = 2_000

type Outcome = Awaited<ReturnType<Disk['run']>>

export interface JobEvents {
  /**
   * One file cannot be used. Resolves when another place is given to it: what failed is tried
   * again then. Without this, or where it rejects, the error counts as the disk's.
   */
  fault?(about: AboutFile, error: DiskError): Promise<void>
  /** Writing stopped (`error`) or works again (`null`). What could not be written is kept. */
  writable(error: DiskError | null): void
}

/** Jobs for the disk worker that are tried again: elsewhere, or when the disk takes them. */
export class PersistentJobs {
  readonly #disk: Disk
  readonly #events: JobEvents
  /** Jobs that have failed and are tried again. */
  readonly #failing = new Set<DiskJob>()
  readonly #retries = new Set<() => void>()
  #isClosed = false

  constructor(disk: Disk, events: JobEvents) {
    this.#disk = disk
    this.#events = events
  }

  /** Does a job, elsewhere where a file cannot be used. Rejects with DiskError. */
  async run(job: DiskJob): Promise<Outcome> {
    for (;;) {
      try {
        return await this.#disk.run(job)
      } catch (error) {
        if (this.#isClosed || !isDiskError(error)) throw error
        if (!(await this.#isPlacedElsewhere(error))) throw error
      }
    }
  }

  /** Tries until it works; `null` where this was closed, or nobody wants it any more. */
  async persist(job: DiskJob, isWanted: () => boolean): Promise<Outcome | null> {
    let outcome: Outcome | null = null
    while (outcome === null && !this.#isClosed) {
      try {
        outcome = await this.run(job)
      } catch (error) {
        if (this.#isClosed || !isDiskError(error)) break
        this.#failing.add(job)
        this.#events.writable(error)
        await this.#retryDelay()
        if (!isWanted()) break
      }
    }
    // Others may fail still: a torrent has several files, and not all need be on one disk.
    const wasLast = this.#failing.delete(job) && this.#failing.size === 0
    if (wasLast && !this.#isClosed) this.#events.writable(null)
    return outcome
  }

  /** Tries failed jobs again now. */
  retry(): void {
    for (const retry of [...this.#retries]) retry()
  }

  /** Gives up what has failed. */
  close(): void {
    this.#isClosed = true
    this.retry()
  }

  /** True where the error is one file's, and another place has been found for its bytes. */
  async #isPlacedElsewhere(error: DiskError): Promise<boolean> {
    const { about, code } = error
    if (about === null || faultReason(code) === null || !this.#events.fault) return false
    try {
      await this.#events.fault(about, error)
      return true
    } catch {
      // No other place either: then it is as the disk says.
      return false
    }
  }

  #retryDelay(): Promise<void> {
    return new Promise((resolve) => {
      const retry = (): void => {
        clearTimeout(timer)
        this.#retries.delete(retry)
        resolve()
      }
      const timer = setTimeout(retry, RETRY_MS)
      this.#retries.add(retry)
    })
  }
}

function isDiskError(error: unknown): error is DiskError {
  return error instanceof Error && error.name === 'DiskError'
}
