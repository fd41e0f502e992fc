import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { JoinRoom } from '../download/disk-room.ts'
import { FREEING_FOLDER, STATE_FOLDER } from '../store/output-folder.ts'
import type { Torrent } from '../torrent/torrent.ts'
import { QuotaKeeper, requireQuota } from './quota-keeper.ts'
import { ReserveKeeper } from './reserve-keeper.ts'
import type { ResolvedOptions } from './session-options.ts'

/**
 * Removes what a killed process has left of files that it wrote anew. Rejects with TorrentError
 * `bad-limit` for a quota that cannot be kept, or with the system's error.
 */
export async function prepareDisk({ folder, ...options }: ResolvedOptions): Promise<void> {
  if (options.quotaBytes !== null) requireQuota(options.quotaBytes, options)
  await rm(join(folder, STATE_FOLDER, FREEING_FOLDER), { recursive: true, force: true })
}

/** How much of the disk a session may take, and has to leave. */
export class DiskLimits {
  readonly #onDemand: boolean
  readonly #quota: QuotaKeeper
  readonly #reserve: ReserveKeeper

  constructor(options: ResolvedOptions, torrents: () => readonly Torrent[]) {
    this.#onDemand = options.onDemand
    this.#quota = new QuotaKeeper({ ...options, torrents })
    this.#reserve = new ReserveKeeper({
      ...options,
      onChange: () => {
        for (const { life } of torrents()) life.roomChanged()
      },
    })
  }

  /** Room for pieces, below the quota. */
  get join(): JoinRoom {
    return this.#quota.room.join
  }

  /** Why nothing may be downloaded now; `null` where something may. */
  get noRoom(): string | null {
    return this.#reserve.noRoom
  }

  /** Bytes that all torrents together may store; `null` for no quota. */
  get quotaBytes(): number | null {
    return this.#quota.quotaBytes
  }

  /** Throws TorrentError `bad-limit`. */
  set quotaBytes(bytes: number | null) {
    if (bytes !== null) requireQuota(bytes, { onDemand: this.#onDemand })
    this.#quota.quotaBytes = bytes
  }

  /** Bytes of the disk that stay free; `null` for no reserve. */
  get reserveBytes(): number | null {
    return this.#reserve.reserveBytes
  }

  /** Throws TorrentError `bad-limit`. */
  set reserveBytes(bytes: number | null) {
    this.#reserve.reserveBytes = bytes
  }

  close(): void {
    this.#quota.close()
    this.#reserve.close()
  }
}
