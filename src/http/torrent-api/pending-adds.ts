import type { SessionPort, TorrentPort } from '../messages/session-port.ts'

interface Pending {
  /** Requests that wait for the metadata. */
  waiting: number
  /** Somebody was told that it is there. */
  isPromised: boolean
}

export interface PendingAdd {
  readonly torrent: TorrentPort
  /** False where the session had it before this request. */
  readonly isNew: boolean
}

export interface AddWait {
  readonly timeoutMs: number
  /** Whether somebody will read the answer. */
  readonly isHeard: () => boolean
}

/**
 * Magnets that requests wait for. Whoever is told that an addition has failed finds nothing left of it, as
 * with rqbit; nobody else loses a torrent by that.
 */
export class PendingAdds {
  readonly #session: Pick<SessionPort, 'remove'>
  readonly #pending = new WeakMap<TorrentPort, Pending>()

  constructor(session: Pick<SessionPort, 'remove'>) {
    this.#session = session
  }

  /** The answer does not wait: the torrent stays, whatever becomes of it. */
  promise({ torrent }: PendingAdd): void {
    const pending = this.#pending.get(torrent)
    if (pending !== undefined) pending.isPromised = true
  }

  /** Waits for the metadata. Rejects as `TorrentPort.ready` does; a new torrent is gone then. */
  async wait({ torrent, isNew }: PendingAdd, { timeoutMs, isHeard }: AddWait): Promise<void> {
    const pending = this.#pending.get(torrent) ?? { waiting: 0, isPromised: !isNew }
    this.#pending.set(torrent, pending)
    pending.waiting++
    try {
      await torrent.ready({ timeoutMs })
      pending.isPromised = true
    } catch (error) {
      // Who has left believes that it is still being looked for.
      if (!isHeard()) pending.isPromised = true
      if (pending.waiting === 1 && !pending.isPromised) await this.#takeBack(torrent)
      throw error
    } finally {
      pending.waiting--
    }
  }

  async #takeBack(torrent: TorrentPort): Promise<void> {
    try {
      await this.#session.remove(torrent, { deleteFiles: false })
    } catch {
      // Somebody else has removed it, or what it left is logged.
    }
  }
}
