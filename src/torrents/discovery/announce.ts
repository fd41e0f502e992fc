/** What a tracker is told (BEP 3). */
export interface Announce {
  /** 20 bytes. */
  readonly infoHash: Uint8Array
  /** 20 bytes. */
  readonly peerId: Uint8Array
  /** Where we listen for peers. */
  readonly port: number
  /** `null` for one of the regular ones. */
  readonly event: AnnounceEvent | null
  /** Bytes since the `started` event. */
  readonly uploadedBytes: number
  readonly downloadedBytes: number
  /** Bytes that we do not have; 0 makes us a seed. */
  readonly leftBytes: number
  /** Peers wanted. */
  readonly numWant: number
  /** The same in all announces of a run: it says who we are when our address changes. */
  readonly key: number
  /** What the tracker wanted to have back. */
  readonly trackerId: Uint8Array | null
}

export type AnnounceEvent = 'started' | 'completed' | 'stopped'

/**
 * What is left of a magnet without metadata, as libtorrent says it: no seed, and a number that the
 * smallest counter of a tracker takes.
 */
export const UNKNOWN_LEFT_BYTES = 16 * 1024
