import type { Clock } from '../../clock.ts'
import { type Logger, silentLogger } from '../../log.ts'
import type { FetchTorrent } from '../metainfo/exact-sources.ts'
import type { Verification } from '../pieces/block-provenance.ts'
import type { DailyLimits } from '../rates/daily-limits.ts'
import type { PeerTimeouts } from '../swarm/swarm.ts'
import type { WaitOptions } from '../torrent/metadata-wait.ts'
import type { Torrent } from '../torrent/torrent.ts'
import type { WebSeedReach } from '../web-seeds/web-seed-files.ts'
import { openSwarmClient } from '../webtorrent/swarm-client.ts'

/** How a session works; all but the folder may be left out. */
export interface SessionOptions {
  /** The data folder: files, and the session's own state below `.tributary`. Made where it is not. */
  readonly folder: string
  /** Where the session keeps its own state; `.tributary` in the data folder when absent. */
  readonly stateFolder?: string | undefined
  /** Where peers call, TCP and uTP; 0, which is what absent means, takes any free one. */
  readonly peerPort?: number | undefined
  /** Finds peers by the DHT (BEP 5); true when absent. */
  readonly dht?: boolean | undefined
  /** `host:port` of the nodes that it asks first; those of the public one when absent or empty. */
  readonly dhtBootstrap?: readonly string[] | undefined
  /** Finds peers on the LAN (BEP 14); true when absent. */
  readonly lsd?: boolean | undefined
  /** Announces to the trackers that torrents name; true when absent. */
  readonly trackers?: boolean | undefined
  /** Asks the router to forward the peer port (NAT-PMP, UPnP IGD); false when absent. */
  readonly portForward?: boolean | undefined
  /**
   * The interface, or an address of ours, that all BitTorrent traffic is held to; the system chooses when
   * absent. While it is away nothing is sent.
   */
  readonly bind?: string | undefined
  /** Name servers to ask through it, `ip` or `ip:port`; those of the system when absent. */
  readonly nameServers?: readonly string[] | undefined
  /** With peers, over all torrents, whoever has called; 200 when absent. */
  readonly maxConnections?: number | undefined
  /** 50 when absent. */
  readonly maxConnectionsPerTorrent?: number | undefined
  /** Torrents that download at once, beside those that are streamed; 50 when absent. */
  readonly maxActiveDownloads?: number | undefined
  /** Finished torrents that are shared at once, beside those that are streamed; 100 when absent. */
  readonly maxActiveSeeds?: number | undefined
  /** Fetches only what somebody streams; false when absent: all that is selected. */
  readonly onDemand?: boolean | undefined
  /**
   * Bytes that all torrents together may store, with `onDemand` alone: what was needed least recently is
   * freed. No quota when absent.
   */
  readonly quotaBytes?: number | null | undefined
  /** Bytes that stay free on the disk of the folder: downloading stops before. No reserve when absent. */
  readonly reserveBytes?: number | null | undefined
  /**
   * When a stream may give out bytes whose piece has not been hashed: `proven` ones (of peers that
   * have sent a right piece, or two sent alike), `always`, or `off`. `proven` when absent.
   */
  readonly verification?: Verification | undefined
  /** Piece data over all torrents; what was saved last when absent, and no limit for `null`. */
  readonly uploadBytesPerSecond?: number | null | undefined
  readonly downloadBytesPerSecond?: number | null | undefined
  /**
   * Path or http(s) URL of IP ranges (PeerGuardian text, ipfilter.dat, gzip too) that no peer may have; none when
   * absent. It is read again when the file changes, or once a day.
   */
  readonly blocklist?: string | undefined
  /** In place of these rates, at their time of day. */
  readonly dailyLimits?: readonly DailyLimits[] | undefined
  /** A torrent is paused once it has sent so many times what it has; no limit when absent. */
  readonly seedRatio?: number | null | undefined
  /** Or has been seeded for so long; no limit when absent. */
  readonly seedMinutes?: number | null | undefined
  /**
   * Servers that torrents name (BEP 19): those in the internet (`public`), in our own networks as
   * well (`any`), or none (`off`). `public` when absent.
   */
  readonly webSeeds?: WebSeedReach | 'off' | undefined
  /** Told what happens; nobody when absent. A logger of pino is one. */
  readonly log?: Logger | undefined
}

/** The world that a session lives in; what is absent is the real one. */
export interface SessionPorts {
  /** The BitTorrent engine; webtorrent when absent. */
  readonly openSwarms?: typeof openSwarmClient
  /** Where the exact sources of magnets are fetched from; the network when absent. */
  readonly fetchTorrent?: FetchTorrent
  /** When the blocklist is looked at again; the real one when absent. */
  readonly blocklistClock?: Clock
  /** How much is free on the disk of a folder, in bytes; the system tells when absent. */
  readonly freeBytes?: (folder: string) => Promise<number>
}

/** Options with what stands for those that were left out. */
export function withDefaults(options: SessionOptions & SessionPorts) {
  return {
    ...options,
    peerPort: options.peerPort ?? 0,
    dht: options.dht ?? true,
    dhtBootstrap: options.dhtBootstrap ?? [],
    lsd: options.lsd ?? true,
    trackers: options.trackers ?? true,
    portForward: options.portForward ?? false,
    maxActiveDownloads: options.maxActiveDownloads ?? 50,
    maxActiveSeeds: options.maxActiveSeeds ?? 100,
    maxConnections: options.maxConnections ?? 200,
    maxConnectionsPerTorrent: options.maxConnectionsPerTorrent ?? 50,
    onDemand: options.onDemand ?? false,
    quotaBytes: options.quotaBytes ?? null,
    reserveBytes: options.reserveBytes ?? null,
    verification: options.verification ?? 'proven',
    seedRatio: options.seedRatio ?? null,
    seedMinutes: options.seedMinutes ?? null,
    webSeeds: options.webSeeds ?? 'public',
    log: options.log ?? silentLogger(),
    openSwarms: options.openSwarms ?? openSwarmClient,
  } as const
}

export type ResolvedOptions = ReturnType<typeof withDefaults>

export interface AddOptions {
  /** `ip:port` */
  readonly initialPeers?: readonly string[] | undefined
  /** Indices of the files to download; all when absent. */
  readonly onlyFiles?: readonly number[] | undefined
  /** Absolute, or relative to the data folder, in which it must lie. */
  readonly outputFolder?: string | undefined
  /** Takes over existing files: checks them, then goes on. False when absent: it refuses. */
  readonly overwrite?: boolean | undefined
  /** How long its peers are waited for, in this run; ours when absent. */
  readonly peerTimeouts?: PeerTimeouts | undefined
  /** Adds it without starting it; false when absent. */
  readonly paused?: boolean | undefined
  /** Refuses a magnet of which nothing says where a peer could be found; false when absent. */
  readonly requirePeers?: boolean | undefined
  /**
   * A magnet is kept for later runs once its metadata is known, or `Session.persist` is called; false when
   * absent: at once.
   */
  readonly provisional?: boolean | undefined
  /** Gives up while a URL or file is being read; nothing is added then. */
  readonly signal?: AbortSignal | undefined
}

export interface ResolveOptions extends WaitOptions {
  /** `ip:port` */
  readonly initialPeers?: readonly string[] | undefined
}

/** What a session tells, with the torrent that it is about. */
export interface SessionEvents {
  added: [torrent: Torrent]
  removed: [torrent: Torrent]
  /** Metadata, state, selection or what is finished has changed. */
  changed: [torrent: Torrent]
  /** The last of what is selected has arrived. */
  finished: [torrent: Torrent]
}
