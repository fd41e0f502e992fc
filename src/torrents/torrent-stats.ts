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
