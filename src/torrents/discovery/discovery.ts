import { setMaxListeners } from 'node:events'
import type { Clock } from '../../clock.ts'
import { endpointOf } from '../../peer-address.ts'
import type { HttpClient } from '../http-client/http-client.ts'
import type { TrackerStatus } from '../swarm/tracker-status.ts'
import { type Announce, type AnnounceEvent, UNKNOWN_LEFT_BYTES } from './announce.ts'
import type { AnnounceGate } from './announce-gate.ts'
import { askHttpTracker } from './http-tracker.ts'
import type { Lsd } from './lsd.ts'
import { Tracker, type TrackerRequest } from './tracker.ts'
import type { TrackerAnswer } from './tracker-answer.ts'
import { parseTrackerUrl, type TrackerUrl } from './tracker-url.ts'
import type { UdpTrackers } from './udp-trackers.ts'

/** Where peers come from. */
export type PeerOrigin = 'tracker' | 'dht' | 'lsd'

/** How far a torrent is, in bytes. */
export interface Progress {
  /** Fetched from peers since the server started. */
  readonly downloadedBytes: number
  readonly uploadedBytes: number
  /** `null` while the metadata is not known. */
  readonly leftBytes: number | null
}

/** The node of the DHT, as far as it is needed here. */
export interface DhtPort {
  /** Tells peers, `ip:port`, again and again until the returned function is called. */
  announce(infoHash: string, port: number, onPeer: (address: string) => void): () => void
}

/** What asks trackers. */
export interface TrackerPort {
  readonly http: HttpClient
  readonly udp: UdpTrackers
  readonly announces: AnnounceGate
  /** Last words have a gate of their own, so that they do not wait for trackers that are dead. */
  readonly stops: AnnounceGate
}

/** What all torrents find peers with; `null` for what is switched off. */
export interface DiscoveryPorts {
  readonly trackers: TrackerPort | null
  readonly dht: DhtPort | null
  readonly lsd: Pick<Lsd, 'announce'> | null
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  /** Who we are to trackers when our address changes. 32 bits. */
  readonly key: number
}

export interface DiscoveryOptions {
  /** 40 hex digits. */
  readonly infoHash: string
  /** 20 bytes, as in our handshakes. */
  readonly peerId: Uint8Array
  /** Where we listen for peers. */
  readonly port: number
  readonly trackers: readonly string[]
  /** BEP 27: trackers alone. */
  readonly isPrivate: boolean
  readonly ports: DiscoveryPorts
  readonly progress: () => Progress
  /** Each as `ip:port`, IPv6 in brackets. */
  readonly onPeer: (address: string, origin: PeerOrigin) => void
  readonly log: { debug(facts: object, message: string): void }
}

/** Asked for one torrent: nobody reads about more, and each takes a timer and a place in the queue. */
export const MAX_TRACKERS = 100
/** Asked at once when a torrent starts; one after another then. */
const TRACKERS_AT_ONCE = 8
const NEXT_TRACKER_MS = 250
const PEERS_WANTED = 200
/** All trackers together have so long to hear that we stop. */
const STOP_MS = 1_200
/** Trackers left out are named in the log, but not all of thousands. */
const MAX_NAMED = 20

/**
 * Finds peers of one torrent: from its trackers, all tiers at once (BEP 12 would ask one after
 * another, and a viewer waits), the DHT, and the local network.
 */
export class Discovery {
  readonly #options: DiscoveryOptions
  /** By URL. */
  readonly #trackers = new Map<string, Tracker>()
  readonly #infoHash: Uint8Array
  #state: 'new' | 'running' | 'closed' = 'new'
  #isPrivate: boolean
  /** What the statistics said when we started. */
  #base = { downloadedBytes: 0, uploadedBytes: 0 }
  #wasComplete = false
  #isCompleted = false
  #stopSearches: (() => void)[] = []
  #closing: Promise<void> | null = null

  constructor(options: DiscoveryOptions) {
    this.#options = options
    this.#isPrivate = options.isPrivate
    this.#infoHash = Buffer.from(options.infoHash, 'hex')
    this.addTrackers(options.trackers)
  }

  /** For people, in the order of the torrent. */
  get trackers(): readonly TrackerStatus[] {
    return [...this.#trackers.values()].map(({ status }) => status)
  }

  /** Looks for peers until it is closed. */
  start(): void {
    if (this.#state !== 'new') return
    this.#state = 'running'
    const { downloadedBytes, uploadedBytes, leftBytes } = this.#options.progress()
    this.#base = { downloadedBytes, uploadedBytes }
    this.#wasComplete = leftBytes === 0
    this.#startTrackers([...this.#trackers.values()])
    if (!this.#isPrivate) this.#search()
  }

  /** Everything there is has arrived. What was here from the beginning is no download. */
  complete(): void {
    if (this.#state !== 'running' || this.#isCompleted || this.#wasComplete) return
    const { downloadedBytes, leftBytes } = this.#options.progress()
    if (leftBytes !== 0 || downloadedBytes <= this.#base.downloadedBytes) return
    this.#isCompleted = true
    for (const tracker of this.#trackers.values()) tracker.complete()
  }

  /** Our address has changed: whoever was told of the old one is told. */
  again(): void {
    if (this.#state !== 'running') return
    for (const tracker of this.#trackers.values()) tracker.again()
    if (this.#isPrivate) return
    this.#stopSearching()
    this.#search()
  }

  /** The metadata says so: DHT and LSD end now, trackers go on. */
  setPrivate(): void {
    this.#isPrivate = true
    this.#stopSearching()
  }

  /** Those that are no URLs of trackers, and those beyond the limit, are left out. */
  addTrackers(urls: readonly string[]): void {
    const { ports, log } = this.#options
    if (ports.trackers === null || this.#state === 'closed') return
    const added: Tracker[] = []
    let unusable = 0
    for (const text of urls) {
      if (this.#trackers.size >= MAX_TRACKERS) break
      const url = parseTrackerUrl(text)
      if (url.kind === 'unusable') {
        if (++unusable <= MAX_NAMED) {
          log.debug({ tracker: url.label, reason: url.reason }, 'tracker left out')
        }
        continue
      }
      const key = url.kind === 'http' ? url.url.href : url.label
      if (this.#trackers.has(key)) continue
      const tracker = this.#openTracker(url, ports.trackers)
      this.#trackers.set(key, tracker)
      added.push(tracker)
    }
    if (this.#state === 'running') this.#startTrackers(added)
  }

  /** Resolves when all trackers have been told, or after 1.2 s. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#state = 'closed'
    this.#stopSearching()
    const deadline = new AbortController()
    // One for each tracker.
    setMaxListeners(0, deadline.signal)
    const cancel = this.#options.ports.clock.after(STOP_MS, () => {
      deadline.abort(new Error('timeout: no time left'))
    })
    await Promise.all([...this.#trackers.values()].map((tracker) => tracker.stop(deadline.signal)))
    cancel()
  }

  #startTrackers(trackers: readonly Tracker[]): void {
    for (const [index, tracker] of trackers.entries()) {
      tracker.start(Math.max(0, index + 1 - TRACKERS_AT_ONCE) * NEXT_TRACKER_MS)
    }
  }

  #search(): void {
    const { infoHash, port, ports, onPeer } = this.#options
    const { dht, lsd } = ports
    if (dht !== null) {
      this.#stopSearches.push(dht.announce(infoHash, port, (address) => onPeer(address, 'dht')))
    }
    if (lsd !== null) {
      this.#stopSearches.push(lsd.announce(infoHash, port, (address) => onPeer(address, 'lsd')))
    }
  }

  #stopSearching(): void {
    for (const stop of this.#stopSearches) stop()
    this.#stopSearches = []
  }

  #openTracker(url: Exclude<TrackerUrl, { kind: 'unusable' }>, port: TrackerPort): Tracker {
    const { clock, random } = this.#options.ports
    return new Tracker({
      ...{ label: url.label, clock, random, log: this.#options.log },
      ask: (request) => this.#ask(url, port, request),
      inTurn: ({ urgency, signal, isStop }, run) =>
        (isStop ? port.stops : port.announces).pass(this, urgency, signal, run),
      onPeers: (peers, ownAddress) => this.#onPeers(peers, ownAddress),
    })
  }

  /** Trackers name ourselves as well. */
  #onPeers(peers: readonly string[], ownAddress: string | null): void {
    if (this.#state !== 'running') return
    const { port, onPeer } = this.#options
    const ourselves = ownAddress === null ? null : endpointOf({ address: ownAddress, port })
    for (const peer of peers) if (peer !== ourselves) onPeer(peer, 'tracker')
  }

  #ask(
    url: Exclude<TrackerUrl, { kind: 'unusable' }>,
    { http, udp }: TrackerPort,
    { event, trackerId, attempt, signal }: TrackerRequest,
  ): Promise<TrackerAnswer> {
    const announce = this.#announce(event, trackerId)
    return url.kind === 'http'
      ? askHttpTracker(http, url.url, announce, { signal })
      : udp.ask(url, announce, { signal, attempt })
  }

  #announce(event: AnnounceEvent | null, trackerId: Uint8Array | null): Announce {
    const { peerId, port, ports, progress } = this.#options
    const { downloadedBytes, uploadedBytes, leftBytes } = progress()
    return {
      ...{ infoHash: this.#infoHash, peerId, port, event, trackerId, key: ports.key },
      uploadedBytes: Math.max(0, uploadedBytes - this.#base.uploadedBytes),
      downloadedBytes: Math.max(0, downloadedBytes - this.#base.downloadedBytes),
      leftBytes: leftBytes ?? UNKNOWN_LEFT_BYTES,
      numWant: event === 'stopped' ? 0 : PEERS_WANTED,
    }
  }
}
