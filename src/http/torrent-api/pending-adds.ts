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
  /** Aborted once nobody will read the answer any more. */
  readonly gone: AbortSignal
}

/**
 * Magnets that requests wait for. Whoever is told that an addition has failed finds nothing left of it, as
 * with rqbit, and so does who was told nothing because the server was killed; nobody else loses a torrent by that.
 */
export class PendingAdds {
  readonly #session: Pick<SessionPort, 'persist' | 'remove'>
  readonly #pending = new WeakMap<TorrentPort, Pending>()

  constructor(session: Pick<SessionPort, 'persist' | 'remove'>) {
    this.#session = session
  }

  /** The answer does not wait: the torrent stays, whatever becomes of it. */
  promise({ torrent }: PendingAdd): void {
    const pending = this.#pending.get(torrent)
    if (pending !== undefined) pending.isPromised = true
  }

  /**
   * Waits for the metadata, and until the torrent is safely on the disk. Rejects as `TorrentPort.ready` does, or with
   * the system's error; a new torrent is gone then.
   */
  async wait({ torrent, isNew }: PendingAdd, { timeoutMs, gone }: AddWait): Promise<void> {
    const pending = this.#pending.get(torrent) ?? { waiting: 0, isPromised: !isNew }
    this.#pending.set(torrent, pending)
    pending.waiting++
    // Who has left believes that it is still being looked for.
    const onGone = (): void => {
      pending.isPromised = true
      void this.#session.persist(torrent).catch(() => {})
    }
    gone.addEventListener('abort', onGone, { once: true })
    if (gone.aborted) onGone()
    try {
      await torrent.ready({ timeoutMs })
      await this.#session.persist(torrent)
      pending.isPromised = true
    } catch (error) {
      if (pending.waiting === 1 && !pending.isPromised) await this.#takeBack(torrent)
      throw error
    } finally {
      gone.removeEventListener('abort', onGone)
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
