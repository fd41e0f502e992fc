import type { Downloader } from '../download/downloader.ts'
import { fileProgress } from '../metainfo/selection.ts'
import type { Swarm } from '../swarm/swarm.ts'
import type { Holdings } from './holdings.ts'
import type { TorrentContent } from './torrent-content.ts'
import type { TorrentState } from './torrent-state.ts'

/** A snapshot for people and programs; every size is bytes. */
export interface TorrentStats {
  readonly state: TorrentState
  /** Verified bytes of the selected pieces; while initializing, the bytes checked so far. */
  readonly progressBytes: number
  /** Bytes of the selected pieces; while initializing, of the whole torrent. */
  readonly totalBytes: number
  readonly finished: boolean
  /** Since the server started; 0 when paused. */
  readonly uploadedBytes: number
  /** Verified bytes of each file, by index; empty until the first check is done. */
  readonly fileProgress: readonly number[]
  readonly live: LiveStats | null
}

export interface LiveStats {
  readonly fetchedBytes: number
  readonly checkedBytes: number
  readonly checkedPieces: number
  readonly uploadedBytes: number
  /** Sum over all pieces of the time from the first request to the verified piece. */
  readonly totalPieceDownloadMs: number
  readonly downloadBytesPerSecond: number
  readonly uploadBytesPerSecond: number
  /** `null` when unknown or nothing remains. */
  readonly remainingSeconds: number | null
  readonly peers: PeerCounts
}

export interface PeerCounts {
  readonly queued: number
  readonly connecting: number
  readonly live: number
  readonly liveTcp: number
  readonly liveUtp: number
  readonly liveSeeders: number
  readonly seen: number
  readonly dead: number
}

const NOT_AT_WORK: LiveStats = {
  ...{ fetchedBytes: 0, checkedBytes: 0, checkedPieces: 0, uploadedBytes: 0 },
  ...{ totalPieceDownloadMs: 0, downloadBytesPerSecond: 0, uploadBytesPerSecond: 0 },
  remainingSeconds: null,
  peers: {
    ...{ queued: 0, connecting: 0, live: 0, liveTcp: 0, liveUtp: 0 },
    ...{ liveSeeders: 0, seen: 0, dead: 0 },
  },
}

/** The parts of a torrent that its statistics are made of. */
export interface StatsSource {
  readonly state: TorrentState
  /** Of the whole torrent, 0 while it is not known. */
  readonly length: number
  readonly holdings: Holdings | null
  /** `null` while it rests. */
  readonly content: TorrentContent | null
  readonly swarm: Swarm | null
}

/** As it is at this moment. */
export function torrentStats({
  state,
  length,
  holdings,
  content,
  swarm,
}: StatsSource): TorrentStats {
  const isChecked = holdings !== null && state.kind !== 'initializing'
  const { metainfo, have, selection } = holdings ?? {}
  const hasAll = metainfo !== undefined && have !== undefined && selection !== undefined
  const totalBytes = hasAll && isChecked ? selection.totalBytes : length
  const checkedBytes = holdings?.checkedBytes ?? 0
  const progressBytes = hasAll && isChecked ? selection.progressBytes(metainfo, have) : checkedBytes
  return {
    state,
    progressBytes,
    totalBytes,
    finished: hasAll && isChecked && selection.isFinished(have),
    uploadedBytes: state.kind === 'live' ? (swarm?.uploadedBytes ?? 0) : 0,
    fileProgress: hasAll && isChecked ? fileProgress(metainfo, have) : [],
    live: state.kind === 'live' ? liveStats(content, swarm, totalBytes - progressBytes) : null,
  }
}

/** All zeros where it waits for its turn. */
function liveStats(
  content: TorrentContent | null,
  swarm: Swarm | null,
  remainingBytes: number,
): LiveStats {
  if (content === null || swarm === null) return NOT_AT_WORK
  const { downloader } = content
  const speed = downloader.bytesPerSecond
  return {
    fetchedBytes: downloader.fetchedBytes,
    checkedBytes: downloader.checkedBytes,
    checkedPieces: downloader.checkedPieces,
    uploadedBytes: swarm.uploadedBytes,
    totalPieceDownloadMs: downloader.times.totalMs,
    downloadBytesPerSecond: speed,
    uploadBytesPerSecond: swarm.uploadBytesPerSecond,
    remainingSeconds: remainingBytes > 0 && speed > 0 ? remainingBytes / speed : null,
    peers: peerCounts(downloader, swarm),
  }
}

/** Of a torrent that is live. */
export function peerCounts(
  { wires, peers }: Pick<Downloader, 'wires' | 'peers'>,
  swarm: Swarm,
): PeerCounts {
  let liveUtp = 0
  for (const { transport } of wires.values()) if (transport === 'utp') liveUtp++
  const live = wires.size
  return {
    ...swarm.counts(),
    live,
    liveTcp: live - liveUtp,
    liveUtp,
    liveSeeders: peers.seederCount,
  }
}
