import { batch, type Signal, signal } from '@preact/signals'
import { getJson } from '../api/request.ts'
import type { TorrentItem } from '../api/torrent-types.ts'
import { RateHistory } from '../logic/rate-history.ts'

const BYTES_PER_MIB = 1024 * 1024

/** All torrents by id: what changes in one redraws that one alone. */
export const torrentById = new Map<number, Signal<TorrentItem>>()
/** Changes when torrents come or go. */
export const torrentIds = signal<readonly number[]>([])
/** False until the list has been heard for the first time. */
export const torrentsKnown = signal(false)

const histories = new Map<number, RateHistory>()

export function setTorrents(items: readonly TorrentItem[]): void {
  batch(() => {
    const ids = new Set(items.map(({ id }) => id))
    for (const id of torrentById.keys()) if (!ids.has(id)) forget(id)
    for (const item of items) take(item)
    torrentIds.value = [...torrentById.keys()]
    torrentsKnown.value = true
  })
}

export function setTorrent(item: TorrentItem): void {
  batch(() => {
    const isNew = !torrentById.has(item.id)
    take(item)
    if (isNew) torrentIds.value = [...torrentById.keys()]
  })
}

export function removeTorrent(id: number): void {
  forget(id)
  torrentIds.value = [...torrentById.keys()]
}

/** Without events, after something was changed. */
export async function reloadTorrents(): Promise<void> {
  const { torrents } = await getJson<{ torrents: TorrentItem[] }>('torrents?with_stats=true')
  setTorrents(torrents)
}

/** By id or info hash; reading it follows the torrent's changes. */
export function findTorrent(idOrHash: string): TorrentItem | undefined {
  const ids = torrentIds.value
  const direct = /^\d{1,9}$/.test(idOrHash) ? torrentById.get(Number(idOrHash)) : undefined
  if (direct !== undefined) return direct.value
  const id = ids.find((known) => torrentById.get(known)?.peek().info_hash === idOrHash)
  return id === undefined ? undefined : torrentById.get(id)?.value
}

/** How fast a torrent has been since the page was opened. */
export function rateHistoryOf(id: number): RateHistory {
  const known = histories.get(id) ?? new RateHistory()
  histories.set(id, known)
  return known
}

function take(item: TorrentItem): void {
  const known = torrentById.get(item.id)
  if (known === undefined) torrentById.set(item.id, signal(item))
  else known.value = item
  const { live } = item.stats
  if (live === null && !histories.has(item.id)) return
  rateHistoryOf(item.id).add({
    at: performance.now(),
    down: (live?.download_speed.mbps ?? 0) * BYTES_PER_MIB,
    up: (live?.upload_speed.mbps ?? 0) * BYTES_PER_MIB,
  })
}

function forget(id: number): void {
  torrentById.delete(id)
  histories.delete(id)
}
