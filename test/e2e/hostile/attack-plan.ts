/** What an attacker is told on its command line, as JSON. */
export interface AttackPlan {
  /** The server, as it is reached from the attacker's network. */
  readonly host: string
  readonly httpPort: number
  readonly peerPort: number
  /** UDP ports that the server listens on: DHT, LSD, uTP, SSDP. */
  readonly udpPorts: readonly number[]
  /** A torrent that the server has. */
  readonly infoHash: string
  /** Addresses of the attacker's own, used in turn. */
  readonly sources: readonly string[]
  readonly connections: number
  /** Everything ends by itself after this time. */
  readonly durationMs: number
}
