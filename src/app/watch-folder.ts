import { lstat, open, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import { hasCode } from '../error-code.ts'
import type { Logger } from '../log.ts'
import {
  MAX_TORRENT_FILE_BYTES,
  namesTorrent,
  parseTorrentSource,
  type TorrentSource,
} from '../torrents/metainfo/torrent-source.ts'
import type { Session } from '../torrents/surface/surface.ts'
import { TorrentError } from '../torrents/torrent-error.ts'

/** The folder is looked at so often; ms. Events of file systems do not come over a network. */
const LOOK_MS = 2_000
/** A text longer than this is no magnet. */
const MAX_MAGNET_BYTES = 64 * 1024
/** What is no torrent may be half of one: whoever writes it may rest for so long; ms. */
const GIVE_UP_MS = 10_000

export interface WatchFolderOptions {
  /** The folder; it need not be there yet. */
  readonly folder: string
  readonly session: Pick<Session, 'add'>
  readonly clock: Clock
  readonly log: Logger
}

interface Seen {
  /** Size and time: a file that is being written changes them. */
  readonly look: string
  readonly since: number
}

/**
 * Takes .torrent and .magnet files out of a folder: each is added once it is complete, and is called
 * `<name>.added` then, or `<name>.invalid` where it is no torrent. A file that has changed since the
 * last look is left for the next one, since somebody may be writing it.
 */
export class WatchFolder {
  readonly #options: WatchFolderOptions
  #seen = new Map<string, Seen>()
  /** Files that could not be renamed, as they were when they were taken. */
  readonly #done = new Map<string, string>()
  /** Files that cannot be read or added now, and are tried again. */
  readonly #troubled = new Set<string>()
  #cancelNext = (): void => {}
  #looking: Promise<void> = Promise.resolve()
  #isUnreadable = false
  #isClosed = false

  constructor(options: WatchFolderOptions) {
    this.#options = options
  }

  start(): void {
    this.#next(0)
  }

  /** Resolves when nothing is being taken any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelNext()
    await this.#looking
  }

  /** Looks once at everything that lies there. Never rejects. */
  async look(): Promise<void> {
    const names = await this.#names()
    const seen = new Map<string, Seen>()
    for (const name of names) {
      if (this.#isClosed) return
      const look = await this.#lookAt(name)
      if (look === null || this.#done.get(name) === look) continue
      const before = this.#seen.get(name)
      const isStill = before?.look === look
      const since = isStill ? before.since : this.#options.clock.now()
      if (!isStill || !(await this.#take(name, look, since))) seen.set(name, { look, since })
    }
    this.#seen = seen
    for (const name of this.#done.keys()) if (!names.includes(name)) this.#done.delete(name)
    for (const name of this.#troubled) if (!names.includes(name)) this.#troubled.delete(name)
  }

  #next(delayMs: number): void {
    if (this.#isClosed) return
    this.#cancelNext = this.#options.clock.after(delayMs, () => {
      this.#looking = this.look().finally(() => this.#next(LOOK_MS))
    })
  }

  async #names(): Promise<readonly string[]> {
    const { folder, log } = this.#options
    try {
      const names = await readdir(folder)
      this.#isUnreadable = false
      return names.filter((name) => /\.(torrent|magnet)$/i.test(name)).sort()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (!this.#isUnreadable) log.warn({ reason, folder }, 'the watch folder cannot be read')
      this.#isUnreadable = true
      return []
    }
  }

  /** `null` for what is no file. */
  async #lookAt(name: string): Promise<string | null> {
    try {
      const stats = await lstat(join(this.#options.folder, name))
      return stats.isFile() ? `${stats.size} ${stats.mtimeMs} ${stats.ino}` : null
    } catch {
      // Gone again.
      return null
    }
  }

  /** False where it may still be on its way. */
  async #take(name: string, look: string, since: number): Promise<boolean> {
    const { session, log } = this.#options
    try {
      for (const source of await this.#sources(name)) {
        const { torrent, isNew } = await session.add(source, { overwrite: true })
        log.info({ file: name, torrent: torrent.name ?? torrent.infoHash, isNew }, 'torrent added')
      }
    } catch (error) {
      return await this.#onFailure(name, look, since, error)
    }
    await this.#finish(name, look, 'added')
    return true
  }

  async #onFailure(name: string, look: string, since: number, error: unknown): Promise<boolean> {
    const { clock, log, folder } = this.#options
    const reason = error instanceof Error ? error.message : String(error)
    if (error instanceof TorrentError && error.kind !== 'closed') {
      if (clock.now() - since < GIVE_UP_MS) return false
      log.warn({ file: name, folder, reason }, 'a file in the watch folder is no torrent')
      await this.#finish(name, look, 'invalid')
      return true
    }
    // A full disk, a file that may not be read: that may pass.
    if (!this.#troubled.has(name)) log.warn({ file: name, folder, reason }, 'cannot add a torrent')
    this.#troubled.add(name)
    return false
  }

  async #sources(name: string): Promise<readonly TorrentSource[]> {
    const isMagnet = /\.magnet$/i.test(name)
    const limit = isMagnet ? MAX_MAGNET_BYTES : MAX_TORRENT_FILE_BYTES
    const bytes = await readUpTo(join(this.#options.folder, name), limit)
    if (!isMagnet) return [{ kind: 'torrent-file', bytes }]
    const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
    return magnetsIn(text).map((magnet) => {
      const source = parseTorrentSource(magnet)
      if (source.kind === 'magnet' || source.kind === 'info-hash') return source
      throw new TorrentError('invalid-torrent', 'there is no magnet link in it')
    })
  }

  async #finish(name: string, look: string, ending: 'added' | 'invalid'): Promise<void> {
    const { folder, log } = this.#options
    try {
      await rename(join(folder, name), join(folder, `${name}.${ending}`))
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return
      this.#done.set(name, look)
      log.warn({ err: error, file: name }, 'a file of the watch folder cannot be renamed')
    }
  }
}

/** One a line; a single one may be broken into lines. */
function magnetsIn(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim())
  const filled = lines.filter((line) => line !== '')
  return filled.length > 1 && filled.every(namesTorrent) ? filled : [text.trim()]
}

/** Rejects with TorrentError `invalid-torrent` for a file of more than `limit` bytes. */
async function readUpTo(path: string, limit: number): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    if (size > limit) throw new TorrentError('invalid-torrent', `it has ${size} bytes`)
    return await file.readFile()
  } finally {
    await file.close()
  }
}
