import type { Logger } from '../../log.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import { StoredMetainfo } from '../metainfo/stored-metainfo.ts'
import type { Limits } from '../rates/limits.ts'
import type { TorrentRecord } from '../state/session-record.ts'
import type { SessionState } from '../state/session-state.ts'
import { TorrentError } from '../torrent-error.ts'
import type { TorrentList } from './torrent-list.ts'

const SAVE_PROGRESS_MS = 30_000
/** A list of so few torrents is written whole at each change: a person can look at it. */
const FEW_TORRENTS = 100
/** Changes beyond these are more than the list itself. */
const LEAST_CHANGES = 1_000
/** Facts are saved before the end where so many of them are not. */
const MISSING_SHARE = 0.01

/** Keeps on the disk what a restart needs: the list of torrents, and how far each has come. */
export class SessionKeeper {
  readonly #state: SessionState
  readonly #torrents: TorrentList
  readonly #log: Logger
  readonly #timer: NodeJS.Timeout
  #nextId: number
  /** The save that has not begun yet: whoever asks for one meanwhile waits for it too. */
  #next: Promise<void> | null = null
  #last: Promise<void> = Promise.resolve()
  /** Torrents that are not on the disk as they are; those that are not listed are gone. */
  #changed = new Set<InfoHash>()
  /** Written since the list was written whole; `null` where it was not in this run. */
  #changesWritten: number | null = null
  #isBehind = false
  #isClosed = false

  constructor(state: SessionState, torrents: TorrentList, nextId: number, log: Logger) {
    this.#state = state
    this.#torrents = torrents
    this.#nextId = nextId
    this.#log = log
    this.#timer = setInterval(() => void this.#saveAgain(), SAVE_PROGRESS_MS)
  }

  /** Torrent files of which a start would know nothing without reading them; a few are read fast. */
  factsMissing = 0

  /** Saved along with the list; none when `null`. */
  limits: () => Limits | undefined = () => undefined

  /** What is on the disk is not what it should be: saving has failed, or is still going on. */
  get isBehind(): boolean {
    return this.#isBehind
  }

  /** An id that no torrent of this folder has had, for a new one. */
  takeId(): number {
    this.factsMissing++
    return this.#nextId++
  }

  /**
   * Saves these torrents as they are now, or become by the time they are written: with many that change
   * at once the disk is waited for a few times, not once for each. Rejects with StorageError; what is
   * on the disk is then as it was; with TorrentError `closed` once this is closed: the folder may be another's by then.
   */
  save(infoHashes: readonly InfoHash[]): Promise<void> {
    if (this.#isClosed) return Promise.reject(new TorrentError('closed', 'the session is closed'))
    for (const infoHash of infoHashes) this.#changed.add(infoHash)
    this.#next ??= this.#saveAfter(this.#last)
    return this.#next
  }

  /** Saves what is of all torrents together: the list is written whole. */
  saveList(): Promise<void> {
    this.#changesWritten = null
    return this.save([])
  }

  /** The same as `save` where a failure is only logged; resolves with whether there was none. Never rejects. */
  async saveOrSay(infoHashes: readonly InfoHash[]): Promise<boolean> {
    try {
      await this.save(infoHashes)
      return true
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#log.error({ reason }, 'cannot save the session')
      return false
    }
  }

  /** Saves what a start has to know of the torrent files; few are read in no time. Never rejects. */
  async saveFacts(): Promise<void> {
    const missing = this.factsMissing
    const all = this.#torrents.all
    if (missing === 0 || all.length <= FEW_TORRENTS) return
    this.factsMissing = 0
    try {
      const known = all.map(({ metainfo }) => metainfo)
      await this.#state.saveFacts(known.filter((metainfo) => metainfo instanceof StoredMetainfo))
    } catch (error) {
      this.factsMissing += missing
      this.#log.warn({ err: error }, 'cannot save what is known of the torrent files')
    }
  }

  /** Resolves when nothing is being written any more; never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    await this.#next?.catch(() => {})
    await this.#last
  }

  async #saveAfter(last: Promise<void>): Promise<void> {
    await last
    const saving = this.#write()
    this.#last = saving.catch(() => {})
    this.#next = null
    await saving
  }

  async #write(): Promise<void> {
    const changed = this.#changed
    this.#changed = new Set()
    this.#isBehind = true
    try {
      if (this.#mustWriteList) await this.#writeList()
      else await this.#writeChanges(changed)
    } catch (error) {
      for (const infoHash of changed) this.#changed.add(infoHash)
      throw error
    }
    this.#isBehind = false
  }

  get #mustWriteList(): boolean {
    const count = this.#torrents.all.length
    if (this.#changesWritten === null || count <= FEW_TORRENTS) return true
    return this.#changesWritten > Math.max(LEAST_CHANGES, count)
  }

  async #writeList(): Promise<void> {
    const kept = this.#torrents.all.filter((torrent) => this.#torrents.isToBeKept(torrent))
    const torrents = kept.map(({ record }) => record)
    await this.#state.save({ nextId: this.#nextId, limits: this.limits(), torrents })
    this.#changesWritten = 0
  }

  async #writeChanges(changed: ReadonlySet<InfoHash>): Promise<void> {
    const put: TorrentRecord[] = []
    const removed: InfoHash[] = []
    for (const infoHash of changed) {
      const torrent = this.#torrents.get(infoHash)
      if (torrent === undefined) removed.push(infoHash)
      else if (this.#torrents.isToBeKept(torrent)) put.push(torrent.record)
    }
    if (put.length + removed.length === 0) return
    await this.#state.append({ nextId: this.#nextId, put, removed })
    this.#changesWritten = (this.#changesWritten ?? 0) + changed.size
  }

  async #saveAgain(): Promise<void> {
    if (this.#isBehind) void this.saveOrSay([])
    if (this.factsMissing > this.#torrents.all.length * MISSING_SHARE) await this.saveFacts()
    for (const torrent of this.#torrents.all) {
      try {
        await torrent.content?.saveProgress()
      } catch (error) {
        this.#log.warn({ err: error, torrent: torrent.infoHash }, 'cannot save progress')
      }
    }
  }
}
