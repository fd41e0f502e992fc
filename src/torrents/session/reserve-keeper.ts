import { statfs } from 'node:fs/promises'
import { type Clock, steadyClock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import { TorrentError } from '../torrent-error.ts'

/** The file system is asked so often; ms. */
const LOOK_MS = 1_000
/** With less than so much to spare, which a fast disk fills within that time, more often; bytes and ms. */
const NEAR = { bytes: 1024 * 1024 * 1024, lookMs: 50 }
/** Downloading stops so early, for what is on its way, and goes on with twice that; bytes. */
const MARGIN_BYTES = 64 * 1024 * 1024

export interface ReserveKeeperOptions {
  /** Some folder of the file system. */
  readonly folder: string
  /** Bytes; `null` for no reserve. */
  readonly reserveBytes: number | null
  /** Whether there is room is not what it was. */
  readonly onChange: () => void
  readonly log: Logger
  readonly clock?: Clock
  /** Bytes that are free in a folder; asks the system when absent. */
  readonly freeBytes?: (folder: string) => Promise<number>
}

/** Says when downloading has to stop so that some of the disk stays free, and when it may go on. */
export class ReserveKeeper {
  readonly #options: ReserveKeeperOptions
  readonly #clock: Clock
  #reserveBytes: number | null
  #noRoom: string | null = null
  /** Looked at for the first time since it was set. */
  #isNew = true
  /** The next look must not take long: downloading goes on, and there is little to spare. */
  #isNear = false
  #cancel: () => void
  #isClosed = false

  constructor(options: ReserveKeeperOptions) {
    this.#options = options
    this.#clock = options.clock ?? steadyClock
    this.#reserveBytes = options.reserveBytes
    this.#cancel = this.#clock.after(0, () => void this.#look())
  }

  /** Why nothing may be downloaded now, for people; `null` where something may. */
  get noRoom(): string | null {
    return this.#noRoom
  }

  /** Bytes; `null` for none. */
  get reserveBytes(): number | null {
    return this.#reserveBytes
  }

  /** Counts within a second. Throws TorrentError `bad-limit`. */
  set reserveBytes(bytes: number | null) {
    if (bytes !== null && !(Number.isSafeInteger(bytes) && bytes > 0)) {
      throw new TorrentError('bad-limit', 'a reserve is a whole number of bytes above 0')
    }
    this.#reserveBytes = bytes
    this.#isNew = true
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  async #look(): Promise<void> {
    const { folder, log, freeBytes = freeIn } = this.#options
    try {
      this.#isNear = false
      if (this.#reserveBytes === null) this.#set(null)
      else this.#judge(this.#reserveBytes, await freeBytes(folder))
    } catch (error) {
      log.warn({ err: error }, 'the free space of the disk cannot be told')
    }
    if (this.#isClosed) return
    const delayMs = this.#isNear ? NEAR.lookMs : LOOK_MS
    this.#cancel = this.#clock.after(delayMs, () => void this.#look())
  }

  #judge(reserve: number, free: number): void {
    const isWaiting = this.#noRoom !== null && !this.#isNew
    const needed = reserve + MARGIN_BYTES * (isWaiting ? 2 : 1)
    this.#isNew = false
    this.#isNear = free >= needed && free < needed + NEAR.bytes
    this.#set(free < needed ? `no room: the disk is to keep ${mebibytes(reserve)} MiB free` : null)
  }

  #set(noRoom: string | null): void {
    if (this.#isClosed || noRoom === this.#noRoom) return
    this.#noRoom = noRoom
    const { log, onChange } = this.#options
    if (noRoom === null) log.info('there is room on the disk again')
    else
      log.warn({ reserve: this.#reserveBytes }, 'downloading stops: the disk has no room to spare')
    onChange()
  }
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 ** 2)
}

/** What users other than root may still take. */
async function freeIn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}
