import { isPeerAddress } from '../../peer-address.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { ThrottleGroup } from '../rates/throttle.ts'
import { EarlyWires } from './early-wires.ts'
import type { PeerTimeouts, Swarm, SwarmClient, SwarmListener, WireListener } from './swarm.ts'

const MAX_REMEMBERED_PEERS = 50
const NO_PEERS: readonly string[] = []
/** Of one torrent, from all that was said about it. Nobody has use for more. */
const MAX_TRACKERS = 100

export interface SwarmMembershipOptions {
  readonly swarms: SwarmClient
  readonly infoHash: string
  /** Of the magnet, or of whoever added the torrent. */
  readonly trackers: readonly string[]
  /** `ip:port` of peers known before. */
  readonly peers: readonly string[]
  /** What holds back blocks that peers ask for; nothing when absent. */
  readonly uploads?: ThrottleGroup | undefined
  /** Of a magnet, `false` says that its pieces are wanted, whatever it turns out to be. */
  readonly isPaused?: boolean
  readonly timeouts?: PeerTimeouts | undefined
  /** Peers at once; as of all torrents for `null` or absent. */
  readonly maxConnections?: number | null | undefined
  readonly member: SwarmMember
}

/** The torrent that is in the swarm; see `SwarmListener`. */
export interface SwarmMember extends Pick<SwarmListener, 'readBlock' | 'progress'> {
  metadataArrived(infoBytes: Uint8Array): void
  fail(error: unknown): void
}

/** A torrent's place in its swarm: it joins to resolve or download, and leaves for a pause. */
export class SwarmMembership {
  readonly #options: SwarmMembershipOptions
  /** `null` for none. */
  #peers: Set<string> | null = null
  /** Each once. */
  #trackers: readonly string[] = []
  #maxConnections: number | null
  #swarm: Swarm | null = null
  #wires: EarlyWires | null = null

  constructor(options: SwarmMembershipOptions) {
    this.#options = options
    this.#maxConnections = options.maxConnections ?? null
    if (options.peers.length > 0) this.#peers = new Set(options.peers)
    this.addTrackers(options.trackers)
  }

  get trackers(): readonly string[] {
    return this.#trackers
  }

  /** Peers at once; `null`: as of all torrents. */
  get maxConnections(): number | null {
    return this.#maxConnections
  }

  set maxConnections(most: number | null) {
    this.#maxConnections = most
    this.#swarm?.limitConnections(most)
  }

  /** `null` where the torrent has left. */
  get swarm(): Swarm | null {
    return this.#swarm
  }

  /** `ip:port` of peers worth trying after a restart, those met last first. */
  get addresses(): readonly string[] {
    if (this.#swarm === null && this.#peers === null) return NO_PEERS
    const known = new Set([...(this.#swarm?.addresses() ?? []), ...(this.#peers ?? [])])
    return [...known].slice(0, MAX_REMEMBERED_PEERS)
  }

  /** The swarm, joined if it was not. `metainfo` is `null` for a magnet. */
  join(metainfo: Metainfo | null): Swarm {
    if (this.#swarm !== null) {
      if (metainfo !== null) this.setMetadata(metainfo)
      return this.#swarm
    }
    this.addTrackers(metainfo?.trackers ?? [])
    const { swarms, infoHash, uploads, timeouts, member, isPaused } = this.#options
    const wires = new EarlyWires()
    this.#wires = wires
    const swarm = swarms.join(
      {
        infoHash,
        metadata: metainfo,
        trackers: this.trackers,
        ...{ uploads, timeouts, isInterested: isPaused === false },
      },
      {
        wires,
        readBlock: (...block) => member.readBlock(...block),
        progress: () => member.progress(),
        metadata: (infoBytes) => member.metadataArrived(infoBytes),
        failed: (error) => member.fail(error),
      },
    )
    if (this.#maxConnections !== null) swarm.limitConnections(this.#maxConnections)
    for (const peer of this.#peers ?? []) swarm.addPeer(peer)
    this.#swarm = swarm
    return swarm
  }

  /** The metadata of a magnet is known: peers may have it. */
  setMetadata(metainfo: Metainfo): void {
    this.#swarm?.setMetadata(metainfo)
  }

  /** From now on `target` hears what happens on wires, and what has happened before. */
  connect(target: WireListener): void {
    this.#wires?.connect(target)
  }

  /** Announces to these as well. */
  addTrackers(urls: readonly string[]): void {
    if (urls.length === 0) return
    const all = new Set([...this.#trackers, ...urls])
    const taken = [...all].slice(this.#trackers.length, MAX_TRACKERS)
    if (taken.length === 0) return
    // A list that nobody adds to is that of all torrents that have the same.
    const isAsGiven = taken.length === urls.length && this.#trackers.length === 0
    this.#trackers = isAsGiven ? urls : this.#trackers.concat(taken)
    this.#swarm?.addTrackers(taken)
  }

  /** Tries `ip:port` peers; returns how many were well-formed. */
  addPeers(addresses: readonly string[]): number {
    const wellFormed = addresses.filter(isPeerAddress)
    for (const address of wellFormed) {
      this.#remember(address)
      this.#swarm?.addPeer(address)
    }
    return wellFormed.length
  }

  #remember(address: string): void {
    this.#peers ??= new Set()
    this.#peers.add(address)
  }

  async leave(): Promise<void> {
    const swarm = this.#swarm
    this.#swarm = null
    // Whoever heard the old ones is not kept by it.
    this.#wires = null
    for (const address of swarm?.addresses() ?? []) this.#remember(address)
    await swarm?.close()
  }
}
