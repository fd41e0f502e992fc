import type { Logger } from '../../log.ts'
import type { FetchTorrent } from '../metainfo/exact-sources.ts'
import type { Verification } from '../pieces/block-provenance.ts'
import type { Torrent } from '../torrent/torrent.ts'
import type { openSwarmClient } from '../webtorrent/swarm-client.ts'

export interface SessionOptions {
  /** The data folder: files, and the session's own state below `.tributary`. */
  readonly folder: string
  /** TCP and uTP; 0 takes any free one. */
  readonly peerPort: number
  readonly dht: boolean
  readonly lsd: boolean
  readonly trackers: boolean
  readonly portForward: boolean
  /** With peers, over all torrents, whoever has called; 200 when absent. */
  readonly maxConnections?: number
  /** 50 when absent. */
  readonly maxConnectionsPerTorrent?: number
  /** Fetch only what somebody streams. */
  readonly onDemand: boolean
  readonly verification: Verification
  /** Over all torrents; no limit when absent. */
  readonly uploadBytesPerSecond?: number
  /** The BitTorrent engine; webtorrent when absent. */
  readonly openSwarms?: typeof openSwarmClient
  /** Where the exact sources of magnets are fetched from; the network when absent. */
  readonly fetchTorrent?: FetchTorrent
  readonly log: Logger
}

export interface AddOptions {
  /** `ip:port` */
  readonly initialPeers?: readonly string[]
  /** Indices of the files to download; all when absent. */
  readonly onlyFiles?: readonly number[]
  /** Absolute, or relative to the data folder, in which it must lie. */
  readonly outputFolder?: string
  /** Take over existing files: check them, then go on. */
  readonly overwrite?: boolean
  readonly paused?: boolean
}

/** What a session tells, with the torrent that it is about. */
export interface SessionEvents {
  added: [torrent: Torrent]
  removed: [torrent: Torrent]
  /** Metadata, state, selection or what is finished has changed. */
  changed: [torrent: Torrent]
}
