import type WebTorrent from 'webtorrent'
import type { Torrent } from 'webtorrent'
import type { Logger } from '../../log.ts'
import { Discovery, type DiscoveryPorts, type Progress } from '../discovery/discovery.ts'
import { PeerExchange, UT_PEX } from '../extensions/peer-exchange.ts'
import type { SwarmFacts } from '../swarm/swarm.ts'
import type { TrackerStatus } from '../swarm/tracker-status.ts'

export interface PeerSourcesOptions {
  readonly client: WebTorrent
  readonly torrent: Torrent
  readonly facts: Pick<SwarmFacts, 'infoHash' | 'trackers' | 'metadata'>
  readonly ports: DiscoveryPorts
  readonly progress: () => Progress
  /** In milliseconds. */
  readonly now: () => number
  readonly log: Logger
}

/**
 * What names peers of one torrent to the engine: trackers, DHT and LSD from when the engine starts looking, and PEX. A
 * private torrent keeps to its trackers (BEP 27).
 */
export class PeerSources {
  readonly #torrent: Torrent
  readonly #discovery: Discovery
  #exchange: PeerExchange | null

  constructor({ client, torrent, facts, ports, progress, now, log }: PeerSourcesOptions) {
    this.#torrent = torrent
    const { infoHash, trackers, metadata } = facts
    const isPrivate = metadata?.isPrivate ?? false
    this.#exchange = isPrivate
      ? null
      : new PeerExchange({ now, onPeer: (address) => this.#named(address, UT_PEX) })
    this.#discovery = new Discovery({
      ...{ infoHash, trackers, isPrivate, ports, progress, log },
      port: client.torrentPort,
      peerId: Buffer.from(client.peerId, 'hex'),
      onPeer: (address, origin) => this.#named(address, origin),
    })
    torrent._startDiscovery = () => this.#discovery.start()
  }

  /** PEX; `null` for a private torrent. */
  get exchange(): PeerExchange | null {
    return this.#exchange
  }

  /** In the order of the torrent. */
  get trackers(): readonly TrackerStatus[] {
    return this.#discovery.trackers
  }

  addTrackers(urls: readonly string[]): void {
    this.#discovery.addTrackers(urls)
  }

  /** The metadata says so: trackers alone go on. */
  setPrivate(): void {
    this.#torrent.private = true
    this.#discovery.setPrivate()
    this.#exchange?.close()
    this.#exchange = null
  }

  /** Everything there is has been downloaded. */
  complete(): void {
    this.#discovery.complete()
  }

  /** Our address has changed: whoever was told of the old one is told. */
  again(): void {
    this.#discovery.again()
  }

  /** Resolves when the trackers have been told. */
  close(): Promise<void> {
    this.#exchange?.close()
    return this.#discovery.close()
  }

  #named(address: string, source: string): void {
    if (!this.#torrent.destroyed) this.#torrent.addPeer(address, source)
  }
}
