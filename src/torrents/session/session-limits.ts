import { steadyClock } from '../../clock.ts'
import {
  applyLimits,
  changedLimits,
  type Limits,
  NO_LIMITS,
  type Throttles,
} from '../rates/limits.ts'
import { Throttle } from '../rates/throttle.ts'
import type { SessionOptions } from './session-options.ts'

/** What is asked for at a start outweighs what was saved. */
export function limitsAtStart(
  asked: Pick<SessionOptions, 'downloadBytesPerSecond' | 'uploadBytesPerSecond'>,
  saved: Limits = NO_LIMITS,
): Limits {
  const { downloadBytesPerSecond = saved.downloadBps } = asked
  const { uploadBytesPerSecond = saved.uploadBps } = asked
  return { downloadBps: downloadBytesPerSecond, uploadBps: uploadBytesPerSecond }
}

/** The rates that all torrents of a session share. */
export class SessionLimits {
  readonly #throttles = { download: new Throttle(steadyClock), upload: new Throttle(steadyClock) }
  #limits: Limits

  constructor(limits: Limits) {
    this.#limits = limits
    applyLimits(limits, this.#throttles)
  }

  get limits(): Limits {
    return this.#limits
  }

  /** Throws TorrentError `bad-limit`. */
  change(change: Partial<Limits>): void {
    this.#limits = changedLimits(this.#limits, change)
    applyLimits(this.#limits, this.#throttles)
  }

  /** For one torrent, below what all share. */
  ofTorrent(): Throttles {
    const { download, upload } = this.#throttles
    return { download: download.group(), upload: upload.group() }
  }

  close(): void {
    this.#throttles.download.close()
    this.#throttles.upload.close()
  }
}
