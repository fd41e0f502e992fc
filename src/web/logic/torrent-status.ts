import type { TorrentItem } from '../api/torrent-types.ts'

/** What a torrent is doing, in the words of the page. */
export type TorrentStatus =
  | 'resolving'
  | 'checking'
  | 'queued'
  | 'searching'
  | 'downloading'
  | 'seeding'
  | 'paused'
  | 'error'

export type StatusFilter = 'all' | 'active' | 'unfinished' | 'finished' | 'paused' | 'error'

export const STATUS_FILTERS: readonly StatusFilter[] = [
  'all',
  'active',
  'unfinished',
  'finished',
  'paused',
  'error',
]

export function statusOf({ stats, resolving, paused }: TorrentItem): TorrentStatus {
  if (stats.state === 'error') return 'error'
  if (stats.state === 'paused' || paused === true) return 'paused'
  if (stats.resolving === true || resolving === true) return 'resolving'
  if (stats.state === 'initializing') return 'checking'
  if (stats.finished) return 'seeding'
  if (stats.queued === true) return 'queued'
  const { live } = stats
  return live !== null && live.snapshot.peer_stats.live === 0 ? 'searching' : 'downloading'
}

/** How much is there, from 0 to 1; `null` while nobody knows how much there will be. */
export function shareOf({ stats, resolving }: TorrentItem): number | null {
  if (stats.resolving === true || resolving === true) return null
  if (stats.total_bytes === 0) return stats.finished ? 1 : 0
  return Math.min(stats.progress_bytes / stats.total_bytes, 1)
}

export function passes(item: TorrentItem, filter: StatusFilter): boolean {
  const { live } = item.stats
  switch (filter) {
    case 'all':
      return true
    case 'active':
      return live !== null && live.download_speed.mbps + live.upload_speed.mbps > 0
    case 'unfinished':
      return !item.stats.finished
    case 'finished':
      return item.stats.finished
    case 'paused':
      return statusOf(item) === 'paused'
    case 'error':
      return statusOf(item) === 'error'
  }
}
