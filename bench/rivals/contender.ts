import type { SyntheticTorrent } from '../swarm/synthetic-torrent.ts'

/**
 * on-demand: fetch only what somebody streams. everything: download the whole torrent meanwhile.
 */
export type DownloadMode = 'on-demand' | 'everything'

/** Where peers come from that nobody names by hand; nodes of the DHT as host:port. */
export type Discovery =
  | { readonly kind: 'trackers' }
  | { readonly kind: 'dht'; readonly nodes: readonly string[] }

export interface Job {
  readonly torrent: SyntheticTorrent
  readonly mode: DownloadMode
  /** An empty folder of this run; a complete film may lie in it. */
  readonly folder: string
  /** From nowhere when absent. */
  readonly discovery?: Discovery
  /** Limit of its upload; none when absent or `null`. */
  readonly uploadBytesPerSecond?: number | null
  /** Peers may be reached by uTP as well; by TCP alone when absent. */
  readonly utp?: boolean
}

/** A program to measure. */
export interface Contender {
  readonly name: string
  /** Why it cannot run on this machine, or null. */
  missing(): string | null
  /** Starts the program; the torrent is not added yet. */
  start(job: Job): Promise<RunningContender>
}

export interface RunningContender {
  readonly pid: number
  /** Adds the torrent with these peers (host:port); answers the URL of the film. */
  add(peers: readonly string[]): Promise<string>
  /** Adds a magnet; answers the URL of the film once the metadata is there. */
  addMagnet?(magnet: string): Promise<string>
  isComplete(): Promise<boolean>
  /** How much of the torrent is verified, 0 to 1, where it can tell. */
  share?(): Promise<number>
  stop(): Promise<void>
}
