import type { TrafficCounts } from '../swarm/swarm-traffic.ts'
import type { PeerCounts } from '../torrent/torrent-stats.ts'

/** A snapshot of all torrents together, for people and programs. */
export interface SessionStats {
  /** Since the server started, torrents that are gone included. */
  readonly traffic: TrafficCounts
  /** Of the torrents that are live now. */
  readonly peers: PeerCounts
  readonly uptimeSeconds: number
}

const NO_PEERS: PeerCounts = {
  queued: 0,
  connecting: 0,
  live: 0,
  liveTcp: 0,
  liveUtp: 0,
  liveSeeders: 0,
  seen: 0,
  dead: 0,
}

const KEYS = Object.keys(NO_PEERS) as (keyof PeerCounts)[]

/** The peers of several torrents together; one that two torrents have counts twice. */
export function allPeers(
  torrents: Iterable<{ readonly peerCounts: PeerCounts | null }>,
): PeerCounts {
  const sums: Record<keyof PeerCounts, number> = { ...NO_PEERS }
  for (const { peerCounts } of torrents) {
    if (peerCounts !== null) for (const key of KEYS) sums[key] += peerCounts[key]
  }
  return sums
}
