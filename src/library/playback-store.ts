import { setTimeout as delay } from 'node:timers/promises'
import type { AtomicFile } from '../atomic-file.ts'
import type { Logger } from '../log.ts'
import type { Playback } from './media-object.ts'
import type { ObjectId } from './object-id.ts'

/** Files whose state is kept; what was played longest ago is forgotten first. About 400 kB. */
const MOST_FILES = 5_000

/** Whoever sends a position every moment has the disk written to no more often; milliseconds. */
const SAVE_INTERVAL_MS = 1_000

const VERSION = 1

/** The largest date of JavaScript, and far more than any film lasts. Milliseconds. */
const MOST_MS = 8.64e15

/**
 * How far each file was watched, by the id of its item. In memory; on the disk a moment later, where
 * there is a file for it.
 */
export class PlaybackStore {
  /** What was played last is the last. */
  readonly #playbacks: Map<ObjectId, Playback>
  readonly #file: AtomicFile | null
  readonly #log: Logger | null
  readonly #closing = new AbortController()
  #isSaved = true
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
    const [oldest] = this.#playbacks.keys()
    if (this.#playbacks.size > MOST_FILES && oldest !== undefined) this.#playbacks.delete(oldest)
    this.#isSaved = false
    if (this.#file !== null) this.#saving ??= this.#save(this.#file)
  }

  /** Files that were begun and not watched to their end, the latest first. */
  begun(): readonly ObjectId[] {
    return [...this.#playbacks]
      .filter(([, { positionMs }]) => positionMs > 0)
      .map(([fileId]) => fileId)
      .reverse()
  }

  /** Resolves when all is on the disk. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#saving
  }

  async #save(file: AtomicFile): Promise<void> {
    while (!this.#isSaved) {
      this.#isSaved = true
      try {
        await file.write(write(this.#playbacks))
      } catch (error) {
        this.#log?.warn({ err: error, path: file.path }, 'cannot keep what was watched')
      }
      const { signal } = this.#closing
      await delay(SAVE_INTERVAL_MS, undefined, { signal, ref: false }).catch(() => {})
    }
    this.#saving = null
  }
}

function warn(log: Logger, { path }: AtomicFile, error: unknown): null {
  log.warn({ err: error, path }, 'cannot read what was watched')
  return null
}

function write(playbacks: ReadonlyMap<ObjectId, Playback>): string {
  const files = [...playbacks].map(([fileId, { positionMs, playCount, lastPlayedAt }]) => [
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
