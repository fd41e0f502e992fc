import { setTimeout as delay } from 'node:timers/promises'
import type { AtomicFile } from '../../atomic-file.ts'
import type { Logger } from '../../log.ts'
import type { Playback } from '../objects/media-object.ts'
import type { ObjectId } from '../objects/object-id.ts'

/** Files whose state is kept; what was played longest ago is forgotten first. About 400 kB. */
const MOST_FILES = 5_000

/** Where nobody waits for it, the disk is written to no more often; milliseconds. */
const SAVE_INTERVAL_MS = 1_000
/** What could not be written is tried again so often; milliseconds. */
const RETRY_MS = 30_000

const NOT_KEPT = 'cannot keep what was watched; it is tried again'

const VERSION = 1

/** The largest date of JavaScript, and far more than any film lasts. Milliseconds. */
const MOST_MS = 8.64e15

/**
 * How far each file was watched, by the id of its item. In memory; on the disk a moment later, or once
 * somebody waits for it, where there is a file for it.
 */
export class PlaybackStore {
  /** What was played last is the last. */
  #playbacks: Map<ObjectId, Playback>
  readonly #file: AtomicFile | null
  readonly #log: Logger | null
  readonly #closing = new AbortController()
  /** Counts what was set. */
  #changes = 0
  /** How much of it is on the disk. */
  #written = 0
  #saving: Promise<void> | null = null

  /** Reads what was kept; what cannot be read is logged, and a damaged file kept aside. */
  static async open(file: AtomicFile, log: Logger): Promise<PlaybackStore> {
    const text = (await file.read().catch((error) => warn(log, file, error)))?.toString() ?? null
    if (text === null) return new PlaybackStore(new Map(), file, log)
    try {
      return new PlaybackStore(parse(text), file, log)
    } catch (error) {
      warn(log, file, error)
      await file.setAside(new Date()).catch((error) => warn(log, file, error))
      return new PlaybackStore(new Map(), file, log)
    }
  }

  /** Without arguments it keeps nothing on the disk. */
  constructor(
    playbacks: ReadonlyMap<ObjectId, Playback> = new Map(),
    file: AtomicFile | null = null,
    log: Logger | null = null,
  ) {
    this.#playbacks = new Map(playbacks)
    this.#file = file
    this.#log = log
  }

  get(fileId: ObjectId): Playback | null {
    return this.#playbacks.get(fileId) ?? null
  }

  /** @param playback - `null` to forget it. */
  set(fileId: ObjectId, playback: Playback | null): void {
    this.#playbacks.delete(fileId)
    if (playback !== null) this.#playbacks.set(fileId, playback)
    this.#changed()
  }

  /** What was set could not be kept: it is again what it was, `null` where it was nothing. */
  takeBack(fileId: ObjectId, before: Playback | null): void {
    const all = [...this.#playbacks].filter(([id]) => id !== fileId)
    if (before !== null) all.push([fileId, before])
    this.#playbacks = new Map(
      all.sort(([, a], [, b]) => a.lastPlayedAt.getTime() - b.lastPlayedAt.getTime()),
    )
    this.#changed()
  }

  #changed(): void {
    this.#changes++
    if (this.#file === null) this.#forgetOldest()
    else this.#saving ??= this.#save(this.#file)
  }

  #forgetOldest(): void {
    for (const oldest of this.#playbacks.keys()) {
      if (this.#playbacks.size <= MOST_FILES) return
      this.#playbacks.delete(oldest)
    }
  }

  /** Files that were begun and not watched to their end, the latest first. */
  begun(): readonly ObjectId[] {
    return [...this.#playbacks]
      .filter(([, { positionMs }]) => positionMs > 0)
      .map(([fileId]) => fileId)
      .reverse()
  }

  /**
   * Resolves when all that was set is safely on the disk, or where there is no file for it. Rejects with
   * StorageError.
   */
  async saved(): Promise<void> {
    if (this.#file !== null && this.#written < this.#changes) await this.#write(this.#file)
  }

  /** Resolves when all is on the disk, or cannot be. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#saving
    // There may be room by now.
    await this.saved().catch(() => {})
  }

  async #save(file: AtomicFile): Promise<void> {
    const { signal } = this.#closing
    let tried = 0
    let hasFailed = false
    while (tried < this.#changes || (this.#written < this.#changes && !signal.aborted)) {
      tried = this.#changes
      try {
        await this.saved()
        hasFailed = false
      } catch (error) {
        if (!hasFailed) this.#log?.warn({ err: error, path: file.path }, NOT_KEPT)
        hasFailed = true
      }
      const waitMs = hasFailed ? RETRY_MS : SAVE_INTERVAL_MS
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => {})
    }
    this.#saving = null
  }

  /** Of several that wait at once the file makes one. */
  async #write(file: AtomicFile): Promise<void> {
    const changes = this.#changes
    await file.write(write(this.#playbacks))
    this.#written = Math.max(this.#written, changes)
    this.#forgetOldest()
  }
}

function warn(log: Logger, { path }: AtomicFile, error: unknown): null {
  log.warn({ err: error, path }, 'cannot read what was watched')
  return null
}

function write(playbacks: ReadonlyMap<ObjectId, Playback>): string {
  const files = [...playbacks]
    .slice(-MOST_FILES)
    .map(([fileId, { positionMs, playCount, lastPlayedAt }]) => [
      fileId,
      positionMs,
      playCount,
      lastPlayedAt.getTime(),
    ])
  return `${JSON.stringify({ version: VERSION, files })}\n`
}

/** The inverse of `write`. Throws for anything that it never writes. */
function parse(text: string): Map<ObjectId, Playback> {
  const { version, files } = JSON.parse(text) as { version?: unknown; files?: unknown }
  if (version !== VERSION) throw new Error(`version ${version} is not known`)
  if (!Array.isArray(files)) throw new Error('there is no list of files')
  return new Map(files.slice(-MOST_FILES).map(parseEntry))
}

function parseEntry(entry: unknown): [ObjectId, Playback] {
  const [fileId, positionMs, playCount, lastPlayed] = Array.isArray(entry) ? entry : []
  const isValid = [positionMs, playCount, lastPlayed].every(
    (number) => Number.isSafeInteger(number) && number >= 0 && number <= MOST_MS,
  )
  if (typeof fileId !== 'string' || !isValid) throw new Error('an entry is none')
  return [fileId as ObjectId, { positionMs, playCount, lastPlayedAt: new Date(lastPlayed) }]
}
