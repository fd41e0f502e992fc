import type { TorrentState } from '../../torrents/torrent/torrent-state.ts'
import type { LiveStats, PeerCounts, TorrentStats } from '../../torrents/torrent/torrent-stats.ts'
import { LongList } from '../messages/json-answer.ts'

const BYTES_PER_MIB = 1024 * 1024
const NANOS_PER_SECOND = 1_000_000_000

/** The answer to GET /torrents/{id}/stats/v1. */
export function torrentStats(stats: TorrentStats, isPaused: boolean): Record<string, unknown> {
  return {
    ...stateFields(stats.state, isPaused),
    file_progress: new LongList(stats.fileProgress.length, (index) => stats.fileProgress[index]),
    error: stats.state.kind === 'error' ? stats.state.message : null,
    progress_bytes: stats.progressBytes,
    uploaded_bytes: stats.uploadedBytes,
    total_bytes: stats.totalBytes,
    finished: stats.finished,
    live: stats.live === null ? null : liveStats(stats.live),
  }
}

/** `resolving` and `queued` are ours: rqbit lists no torrent before it has the metadata, and has no queue. */
function stateFields(state: TorrentState, isPaused: boolean): Record<string, unknown> {
  switch (state.kind) {
    case 'resolving':
      return { state: 'initializing', initializing_paused: isPaused, resolving: true }
    case 'initializing':
      return { state: 'initializing', initializing_paused: isPaused }
    case 'live':
      return state.isQueued ? { state: 'live', queued: true } : { state: 'live' }
    case 'paused':
    case 'error':
      return { state: state.kind }
  }
}

/** The answer to GET /torrents/{id}/stats. */
export function liveStats(live: LiveStats): Record<string, unknown> {
  const { checkedPieces, remainingSeconds } = live
  const totalPieceDownloadMs = Math.round(live.totalPieceDownloadMs)
  return {
    snapshot: {
      downloaded_and_checked_bytes: live.checkedBytes,
      fetched_bytes: live.fetchedBytes,
      uploaded_bytes: live.uploadedBytes,
      downloaded_and_checked_pieces: checkedPieces,
      total_piece_download_ms: totalPieceDownloadMs,
      peer_stats: peerCounts(live.peers),
    },
    average_piece_download_time:
      checkedPieces === 0 ? null : duration(totalPieceDownloadMs / checkedPieces / 1000),
    download_speed: speed(live.downloadBytesPerSecond),
    upload_speed: speed(live.uploadBytesPerSecond),
    time_remaining: remainingSeconds === null ? null : timeRemaining(remainingSeconds),
  }
}

/** What we do not do counts 0: SOCKS, unneeded peers kept aside, stealing pieces. */
export function peerCounts(peers: PeerCounts): Record<string, number> {
  return {
    queued: peers.queued,
    connecting: peers.connecting,
    live: peers.live,
    live_tcp: peers.liveTcp,
    live_utp: peers.liveUtp,
    live_socks: 0,
    live_seeders: peers.liveSeeders,
    seen: peers.seen,
    dead: peers.dead,
    not_needed: 0,
    steals: 0,
  }
}

/** In spite of its name, `mbps` is MiB/s. */
export function speed(bytesPerSecond: number): Record<string, unknown> {
  const mbps = bytesPerSecond / BYTES_PER_MIB
  return { mbps, human_readable: `${mbps.toFixed(2)} MiB/s` }
}

function duration(seconds: number): { secs: number; nanos: number } {
  const nanos = Math.round((seconds % 1) * NANOS_PER_SECOND)
  const carry = nanos === NANOS_PER_SECOND ? 1 : 0
  return { secs: Math.trunc(seconds) + carry, nanos: carry === 1 ? 0 : nanos }
}

function timeRemaining(seconds: number): Record<string, unknown> {
  return { duration: duration(seconds), human_readable: humanDuration(Math.trunc(seconds)) }
}

/** The two largest units: `1h 2m`, `3m 4s`, `43s`. */
function humanDuration(seconds: number): string {
  const hours = Math.trunc(seconds / 3600)
  const minutes = Math.trunc((seconds % 3600) / 60)
  if (hours > 0) return `${hours}h ${minutes}m`
  return minutes > 0 ? `${minutes}m ${seconds % 60}s` : `${seconds}s`
}
