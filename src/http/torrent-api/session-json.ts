import type { SessionStats } from '../../torrents/session/session-stats.ts'
import type { DhtFacts, DhtNode } from '../../torrents/swarm/swarm.ts'
import type { PeerState, SwarmPeer } from '../../torrents/swarm/swarm-peer.ts'
import type { DialFamilies } from '../../torrents/swarm/swarm-traffic.ts'
import type { TrackerStatus } from '../../torrents/swarm/tracker-status.ts'
import { bucketsOf } from './routing-table.ts'
import { peerCounts, speed } from './stats-json.ts'

/** We know no SOCKS. */
const NO_DIALS: DialFamilies = {
  v4: { attempts: 0, successes: 0, errors: 0 },
  v6: { attempts: 0, successes: 0, errors: 0 },
}

/** The answer to GET /stats. */
export function sessionStats({ traffic, peers, uptimeSeconds }: SessionStats) {
  return {
    counters: {
      fetched_bytes: traffic.fetchedBytes,
      uploaded_bytes: traffic.uploadedBytes,
      blocked_incoming: traffic.blockedIncoming,
      blocked_outgoing: traffic.blockedOutgoing,
    },
    download_speed: speed(traffic.downloadBytesPerSecond),
    upload_speed: speed(traffic.uploadBytesPerSecond),
    peers: peerCounts(peers),
    uptime_seconds: Math.floor(uptimeSeconds),
    connections: { ...traffic.dials, socks: NO_DIALS },
  }
}

const STATE_NAMES: Readonly<Record<PeerState, string>> = {
  queued: 'queued',
  connecting: 'connecting',
  live: 'live',
  dead: 'dead',
  idle: 'not needed',
}

/** The answer to GET /torrents/{id}/peer_stats. */
export function peerStats(peers: readonly SwarmPeer[]) {
  return { peers: Object.fromEntries(peers.map((peer) => [peer.address, onePeer(peer)])) }
}

/** `flags`, `download_bps`, `upload_bps` and `progress` are ours. */
function onePeer(peer: SwarmPeer) {
  const { state, transport, client, counters } = peer
  return {
    counters: {
      incoming_connections: counters.incomingConnections,
      fetched_bytes: counters.fetchedBytes,
      uploaded_bytes: counters.uploadedBytes,
      total_time_connecting_ms: Math.round(counters.connectingMs),
      connection_attempts: counters.connectionAttempts,
      connections: counters.connections,
      errors: counters.errors,
      fetched_chunks: counters.fetchedBlocks,
      downloaded_and_checked_pieces: counters.checkedPieces,
      total_piece_download_ms: Math.round(counters.pieceDownloadMs),
      // No piece is one peer's alone.
      times_stolen_from_me: 0,
      times_i_stole: 0,
    },
    state: STATE_NAMES[state],
    conn_kind: transport,
    client_name: client,
    flags: peer.flags,
    download_bps: Math.round(peer.downloadBytesPerSecond),
    upload_bps: Math.round(peer.uploadBytesPerSecond),
    progress: peer.progress,
  }
}

/** Peers that have given less are not worth a line. */
const LEAST_BYTES = 1024 * 1024

/** The answer to GET /torrents/{id}/peer_stats/prometheus: what each gave beyond the first MiB. */
export function peerStatsText(peers: readonly SwarmPeer[]): string {
  const name = 'rqbit_peer_fetched_bytes'
  const lines = peers
    .filter(({ counters }) => counters.fetchedBytes >= LEAST_BYTES)
    .map(({ address, counters }) => {
      return `${name}{addr="${address}"} ${counters.fetchedBytes - LEAST_BYTES}\n`
    })
  return `# TYPE ${name} counter\n${lines.join('')}`
}

/** The answer to GET /dht/stats. Our node is of IPv4 alone. */
export function dhtStats({ id, outstandingRequests, nodes }: DhtFacts) {
  return {
    id,
    outstanding_requests: outstandingRequests,
    routing_table_size: nodes.length,
    routing_table_size_v6: 0,
  }
}

/** Nodes of a routing table are good for 15 minutes after they were heard of (BEP 5). */
const GOOD_MS = 15 * 60_000
/** As many nodes as rqbit keeps. */
const MAX_NODES = 512

/** The answer to GET /dht/table; our node speaks IPv4 alone. */
export function dhtTable({ id, nodes }: DhtFacts) {
  return { v4: table(id, nodes), v6: table(id, []) }
}

function table(id: string, nodes: readonly DhtNode[]) {
  const data = bucketsOf(nodes).map(({ data: inside, ...place }) =>
    'Leaf' in inside
      ? { ...place, data: { Leaf: leaf(inside.Leaf.nodes) } }
      : { ...place, data: inside },
  )
  return { id, size: nodes.length, buckets: { data, size: nodes.length, max_size: MAX_NODES } }
}

/** It counts as refreshed when one of its nodes was heard of last. */
function leaf(nodes: readonly DhtNode[]) {
  const ages = nodes.map(({ heardMsAgo }) => heardMsAgo ?? Number.POSITIVE_INFINITY)
  const youngest = Math.min(...ages)
  return {
    nodes: nodes.map(oneNode),
    last_refreshed: `${Number.isFinite(youngest) ? youngest / 1_000 : 0}s`,
  }
}

function oneNode({ id, address, heardMsAgo }: DhtNode) {
  const isGood = heardMsAgo !== null && heardMsAgo < GOOD_MS
  return {
    id,
    addr: address,
    status: heardMsAgo === null ? 'Unknown' : isGood ? 'Good' : 'Questionable',
    ...(heardMsAgo === null ? {} : { last_response_ago: duration(heardMsAgo) }),
    errors_in_a_row: 0,
  }
}

function duration(ms: number) {
  return { secs: Math.floor(ms / 1_000), nanos: Math.floor(ms % 1_000) * 1_000_000 }
}

const TRACKER_STATES: Readonly<Record<TrackerStatus['state'], string>> = {
  waiting: 'waiting',
  announcing: 'waiting',
  working: 'working',
  failing: 'failed',
  unusable: 'failed',
}

/** The answer to GET /torrents/{id}/trackers; `now` in milliseconds since 1970. */
export function trackerList(trackers: readonly TrackerStatus[], now: number) {
  return {
    trackers: trackers.map((tracker) => ({
      url: tracker.url,
      state: TRACKER_STATES[tracker.state],
      message: tracker.message,
      seeders: tracker.seeders,
      leechers: tracker.leechers,
      last_announce: at(now, tracker.lastAnnounceMsAgo, -1),
      next_announce: at(now, tracker.nextAnnounceMs, 1),
    })),
  }
}

function at(now: number, ms: number | null, direction: 1 | -1): number | null {
  return ms === null ? null : Math.round(now + direction * ms)
}
