import type { Logger } from '../../log.ts'
import type { TorrentPhase } from './torrent-state.ts'

/** How far a torrent has come, whether somebody has paused it, and what went wrong on the way. */
export class TorrentCondition {
  phase: TorrentPhase
  isPaused: boolean
  /** Why it cannot go on; `null` where it can. */
  failure: string | null = null
  /** Says the torrent's name, once it has one. */
  log: () => Logger

  constructor(phase: TorrentPhase, isPaused: boolean, log: () => Logger) {
    this.phase = phase
    this.isPaused = isPaused
    this.log = log
  }

  get isClosed(): boolean {
    return this.phase === 'closed'
  }

  /** It is checked, and nobody has paused it. */
  get mayWork(): boolean {
    return this.phase === 'ready' && !this.isPaused
  }
}
