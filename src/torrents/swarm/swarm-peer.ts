/** How far it has come with a peer, as far as we know of it. `idle`: not connected, and no reason to be. */
export type PeerState = 'queued' | 'connecting' | 'live' | 'dead' | 'idle'

/** What has happened with one peer since the torrent joined its swarm; bytes are of piece data. */
export interface PeerCounters {
  /** Connections that the peer made. */
  readonly incomingConnections: number
  /** Connections that we tried to make, and those among them that came about. */
  readonly connectionAttempts: number
  readonly connections: number
  readonly errors: number
  readonly connectingMs: number
  readonly fetchedBytes: number
  readonly uploadedBytes: number
  readonly fetchedBlocks: number
  /** Pieces that turned out to be right and of which it gave more than others did. */
  readonly checkedPieces: number
  /** Sum over those pieces, of the time from the first request to the verified piece. */
  readonly pieceDownloadMs: number
}

/** A peer of a torrent, for people. */
export interface SwarmPeer {
  /** `ip:port`, IPv6 in brackets. */
  readonly address: string
  readonly state: PeerState
  /** `null` where it is not connected. */
  readonly transport: 'tcp' | 'utp' | null
  /** What it calls itself; `null` where it has not said. */
  readonly client: string | null
  /** Letters as other programs show them: D d downloads, U u uploads, K ? unchoked, not interested, I incoming, P uTP. */
  readonly flags: string
  /** Bytes per second, of the last five seconds. */
  readonly downloadBytesPerSecond: number
  readonly uploadBytesPerSecond: number
  /** What it has, 0 to 1; `null` where it has not said. */
  readonly progress: number | null
  readonly counters: PeerCounters
}
