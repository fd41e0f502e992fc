import type { Clock } from '../../clock.ts'
import { isThere } from '../torrent/files-gone.ts'

/** Files that are gone are looked for so often; ms. */
const LOOK_MS = 30_000

/** A torrent whose files may be gone. */
export interface GoneTorrent {
  readonly life: {
    /** One of the files that are gone; `null` where they are not. */
    readonly gonePath: string | null
    /** Goes on as if they had never been gone. */
    filesAreBack(): void
  }
}

/** Has torrents go on whose files are there again: a disk was mounted, a folder moved back. */
export class GoneWatch {
  readonly #torrents: () => readonly GoneTorrent[]
  readonly #clock: Clock
  #cancel: () => void
  #isClosed = false

  constructor(torrents: () => readonly GoneTorrent[], clock: Clock) {
    this.#torrents = torrents
    this.#clock = clock
    this.#cancel = this.#again()
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  #again(): () => void {
    return this.#clock.after(LOOK_MS, () => void this.#look())
  }

  async #look(): Promise<void> {
    for (const { life } of this.#torrents()) {
      const { gonePath } = life
      if (gonePath === null || !(await isThere(gonePath))) continue
      if (this.#isClosed) return
      if (life.gonePath === gonePath) life.filesAreBack()
    }
    if (!this.#isClosed) this.#cancel = this.#again()
  }
}
