import type { Logger } from '../../log.ts'
import type { TorrentPhase } from './torrent-state.ts'

/** How far a torrent has come, whether somebody has paused it, and what went wrong on the way. */
export class TorrentCondition {
  phase: TorrentPhase
  isPaused: boolean
  /** Why it cannot go on; `null` where it can. */
  failure: string | null = null
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
