import type { Logger } from '../../log.ts'
import type { Limits } from '../rates/limits.ts'
import type { SessionState } from '../state/session-state.ts'
import type { TorrentList } from './torrent-list.ts'

const SAVE_PROGRESS_MS = 30_000

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
  #isBehind = false

  constructor(state: SessionState, torrents: TorrentList, nextId: number, log: Logger) {
    this.#state = state
    this.#torrents = torrents
    this.#nextId = nextId
    this.#log = log
    this.#timer = setInterval(() => void this.#saveAgain(), SAVE_PROGRESS_MS)
  }

  /** Saved along with the list; none when `null`. */
  limits: () => Limits | undefined = () => undefined

  /** What is on the disk is not what it should be: saving has failed, or is still going on. */
  get isBehind(): boolean {
    return this.#isBehind
  }

  /** An id that no torrent of this folder has had. */
  takeId(): number {
    return this.#nextId++
  }

  /**
   * Saves the list as it is now, or becomes by the time it is written: with many torrents that change
   * at once it is written a few times, not once for each. Rejects with the system's error; the list
   * on the disk is then as it was.
   */
  save(): Promise<void> {
    this.#next ??= this.#saveAfter(this.#last)
    return this.#next
  }

  /** The same where a failure is only logged; never rejects. */
  async saveOrSay(): Promise<void> {
    try {
      await this.save()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#log.error({ reason }, 'cannot save the session')
    }
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #saveAfter(last: Promise<void>): Promise<void> {
    await last
    const saving = this.#write()
    this.#last = saving.catch(() => {})
    this.#next = null
    await saving
  }

  async #write(): Promise<void> {
    this.#isBehind = true
    const torrents = this.#torrents.all.map(({ record }) => record)
    await this.#state.save({ nextId: this.#nextId, limits: this.limits(), torrents })
    this.#isBehind = false
  }

  async #saveAgain(): Promise<void> {
    if (this.#isBehind) void this.saveOrSay()
    for (const torrent of this.#torrents.all) {
      try {
        await torrent.content?.saveProgress()
      } catch (error) {
        this.#log.warn({ err: error, torrent: torrent.infoHash }, 'cannot save progress')
      }
    }
  }
}
