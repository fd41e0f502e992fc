import type { Logger } from '../log.ts'
import type { SessionState } from './state/session-state.ts'
import type { TorrentList } from './torrent-list.ts'

const SAVE_PROGRESS_MS = 30_000

/** Keeps on the disk what a restart needs: the list of torrents, and how far each has come. */
export class SessionKeeper {
  readonly #state: SessionState
  readonly #torrents: TorrentList
  readonly #log: Logger
  readonly #timer: NodeJS.Timeout
  #nextId: number

  constructor(state: SessionState, torrents: TorrentList, nextId: number, log: Logger) {
    this.#state = state
    this.#torrents = torrents
    this.#nextId = nextId
    this.#log = log
    this.#timer = setInterval(() => void this.#saveProgress(), SAVE_PROGRESS_MS)
  }

  /** An id that no torrent of this folder has had. */
  takeId(): number {
    return this.#nextId++
  }

  /** Rejects with the system's error; the list on the disk is then as it was. */
  async save(): Promise<void> {
    const torrents = this.#torrents.all.map(({ record }) => record)
    await this.#state.save({ nextId: this.#nextId, torrents })
  }

  /** Where nobody waits for it: a failure is logged. */
  saveQuietly(): void {
    this.save().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      this.#log.error({ reason }, 'cannot save the session')
    })
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #saveProgress(): Promise<void> {
    for (const torrent of this.#torrents.all) {
      try {
        await torrent.content?.saveProgress()
      } catch (error) {
        this.#log.warn({ err: error }, 'cannot save progress')
      }
    }
  }
}
