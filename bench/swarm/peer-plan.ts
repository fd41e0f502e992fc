/** How one simulated peer behaves. It has the whole film and unchokes at once. */
export interface PeerPlan {
  /** Upload rate in bytes per second; Infinity for as fast as the socket takes it. */
  readonly bytesPerSecond: number
  /** Round trip time in ms: added once to the handshake and to each request. */
  readonly rttMs: number
  /** Never answers a request, though it unchokes. */
  readonly tarpit?: boolean
  /** Sends wrong bytes for this share of the blocks, each in its own way, or all liars the same. */
  readonly lies?: { readonly share: number; readonly isColluding: boolean }
  /** Takes no connection without MSE. */
  readonly encryptedOnly?: boolean
  /** Chokes for `chokedMs` after each `unchokedMs`, dropping what was asked. */
  readonly choking?: ChokingPlan
}

export interface ChokingPlan {
  readonly unchokedMs: number
  readonly chokedMs: number
  readonly firstAfterMs: number
}

/** A named swarm. */
export interface SwarmPlan {
  readonly name: string
  readonly peers: readonly PeerPlan[]
  /** Sum of the rates of the peers that help, in bytes per second. */
  readonly usefulBytesPerSecond: number
  /** How many peers fall silent at the moment that a benchmark chooses. */
  readonly freezing: number
}
