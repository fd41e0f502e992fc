import type {
  Swarm,
  SwarmClient,
  SwarmFacts,
  SwarmListener,
  SwarmMetadata,
} from '../../src/torrents/swarm/swarm.ts'
import { SwarmTraffic } from '../../src/torrents/swarm/swarm-traffic.ts'

/** A swarm without peers, which a test makes behave. */
export class FakeSwarm implements Swarm {
  readonly facts: SwarmFacts
  readonly listener: SwarmListener
  readonly peers: string[] = []
  readonly addedTrackers: string[] = []
  readonly banned: string[] = []
  readonly offered: number[] = []
  readonly uploadedBytes = 0
  readonly uploadBytesPerSecond = 0
  /** What it was joined with, or given since. */
  metadata: SwarmMetadata | null
  begun: Uint8Array | null = null
  isClosed = false

  constructor(facts: SwarmFacts, listener: SwarmListener) {
    this.facts = facts
    this.metadata = facts.metadata
    this.listener = listener
  }

  setMetadata(metadata: SwarmMetadata): void {
    this.metadata = metadata
  }

  begin(pieces: Uint8Array): void {
    this.begun = pieces
  }

  have(piece: number): void {
    this.offered.push(piece)
  }

  lost(): void {}
  maxConnections: number | null = null

  limitConnections(most: number | null): void {
    this.maxConnections = most
  }

  complete(): void {}

  ban(peer: string): void {
    this.banned.push(peer)
  }

  addPeer(address: string): boolean {
    this.peers.push(address)
    return true
  }

  addTrackers(urls: readonly string[]): void {
    this.addedTrackers.push(...urls)
  }

  counts(): ReturnType<Swarm['counts']> {
    return { queued: 0, connecting: 0, seen: 0, dead: 0 }
  }

  readonly trackers = []
  readonly gaveMost: string[] = []

  knownPeers(): ReturnType<Swarm['knownPeers']> {
    return []
  }

  gavePiece(peer: string): void {
    this.gaveMost.push(peer)
  }

  addresses(): string[] {
    return []
  }

  async close(): Promise<void> {
    this.isClosed = true
  }
}

/** An engine that nobody else is connected to. */
export class FakeSwarms implements SwarmClient {
  readonly port = 4240
  readonly engineFaults = 0
  readonly traffic = new SwarmTraffic(() => 0)
  readonly joined: FakeSwarm[] = []
  /** Asked before a swarm is joined; what it throws, joining throws. */
  onJoin: (facts: SwarmFacts) => void = () => {}

  /** The last swarm joined of an info hash; fails where there is none. */
  of(infoHash: string): FakeSwarm {
    const swarm = this.joined.findLast(({ facts }) => facts.infoHash === infoHash)
    if (swarm === undefined) throw new Error(`no swarm of ${infoHash} was joined`)
    return swarm
  }

  join(facts: SwarmFacts, listener: SwarmListener): Swarm {
    this.onJoin(facts)
    const swarm = new FakeSwarm(facts, listener)
    this.joined.push(swarm)
    return swarm
  }

  limitConnections(): void {}
  dropBlocked(): void {}

  dht(): null {
    return null
  }

  async close(): Promise<void> {}
}
