import type { Peer } from '../api/torrent-types.ts'

export interface PeerRow {
  readonly address: string
  readonly client: string | null
  /** Letters as other clients use them, and how the peer is connected. */
  readonly flags: string
  /** From 0 to 1; `null` where the server does not say. */
  readonly progress: number | null
  /** Bytes per second. */
  readonly down: number
  readonly up: number
  readonly fetched: number
  readonly sent: number
  /** When the counters were read, in milliseconds. */
  readonly at: number
}

/** Peers that are connected, the fastest first. Rates that the server does not tell come from the counters of `before`. */
export function peerRows(
  peers: Readonly<Record<string, Peer>>,
  before: readonly PeerRow[],
  now: number,
): PeerRow[] {
  const known = new Map(before.map((row) => [row.address, row]))
  return Object.entries(peers)
    .filter(([, { state }]) => state === 'live')
    .map(([address, peer]) => peerRow(address, peer, { known: known.get(address), now }))
    .sort((a, b) => b.down + b.up - (a.down + a.up) || (a.address < b.address ? -1 : 1))
}

interface Earlier {
  readonly known: PeerRow | undefined
  readonly now: number
}

function peerRow(address: string, peer: Peer, { known, now }: Earlier): PeerRow {
  const { fetched_bytes: fetched, uploaded_bytes: sent } = peer.counters
  const seconds = known === undefined ? 0 : (now - known.at) / 1_000
  const since = (total: number, earlier: number): number =>
    seconds > 0 ? Math.max(0, total - earlier) / seconds : 0
  return {
    address,
    client: peer.client_name ?? null,
    flags: [peer.flags, peer.conn_kind].filter(Boolean).join(' '),
    progress: peer.progress ?? null,
    down: peer.download_bps ?? since(fetched, known?.fetched ?? 0),
    up: peer.upload_bps ?? since(sent, known?.sent ?? 0),
    fetched,
    sent,
    at: now,
  }
}
