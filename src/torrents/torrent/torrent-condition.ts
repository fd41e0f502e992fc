import type { Logger } from '../../log.ts'
import { FilesGoneError } from './files-gone.ts'
import type { TorrentPhase } from './torrent-state.ts'

/** How far a torrent has come, whether somebody has paused it, and what went wrong on the way. */
export class TorrentCondition {
  phase: TorrentPhase
  isPaused: boolean
  /** What ended its work, until somebody starts it. */
  #failure: string | null = null
  /** What keeps it from writing, until that works again by itself. */
  #writeFailure: string | null = null
  #gonePath: string | null = null
  /** What it is called in the log. */
  #name: string
  readonly #sessionLog: Logger
  /** Made when it has something to say: of thousands of torrents few have. */
  #log: Logger | null = null

  constructor(
    phase: TorrentPhase,
    isPaused: boolean,
    { name, log }: { name: string; log: Logger },
  ) {
    this.phase = phase
    this.isPaused = isPaused
    this.#name = name
    this.#sessionLog = log
  }

  get isClosed(): boolean {
    return this.phase === 'closed'
  }

  /** It is checked, and nobody has paused it. */
  get mayWork(): boolean {
    return this.phase === 'ready' && !this.isPaused
  }

  /** Why it cannot go on; `null` where it can. */
  get failure(): string | null {
    return this.#failure ?? this.#writeFailure
  }

  /** One of its files where all that was stored is gone; `null` where that is not so. */
  get gonePath(): string | null {
    return this.#gonePath
  }

  /** It cannot go on. Returns the reason; `null` where it has failed for the same one already, or is closed. */
  fail(error: unknown): string | null {
    const reason = error instanceof Error ? error.message : String(error)
    // Whoever waits for the same thing fails by the same thing.
    if (this.isClosed || reason === this.#failure) return null
    this.#failure = reason
    this.#gonePath = error instanceof FilesGoneError ? error.path : null
    if (this.phase !== 'ready') this.phase = 'stopped'
    return reason
  }

  /** Writing fails, or works again for `null`; false where that was so before. */
  setWriteFailure(reason: string | null): boolean {
    if (reason === this.#writeFailure) return false
    this.#writeFailure = reason
    return true
  }

  /** What failed is tried again, or does not matter any more. */
  forgetFailure(): void {
    this.#failure = null
    this.#writeFailure = null
  }

  /** Files that are gone are not waited for any more. */
  forgetGone(): void {
    this.#gonePath = null
  }

  /** Says the torrent's name. */
  get log(): Logger {
    this.#log ??= this.#sessionLog.child({ torrent: this.#name })
    return this.#log
  }

  rename(name: string): void {
    this.#name = name
    this.#log = null
  }
}
