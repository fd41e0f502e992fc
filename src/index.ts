export { type Logger, type LogMethod, silentLogger } from './log.ts'
export { StorageError, type StorageFault } from './storage-error.ts'
export { bencodeAsJson } from './torrents/metainfo/bencode/bencode-json.ts'
export {
  type CreatedTorrent,
  type CreateTorrentOptions,
  createTorrent,
} from './torrents/metainfo/creation/create-torrent.ts'
export { type InfoHash, parseInfoHash } from './torrents/metainfo/info-hash.ts'
export type { Magnet } from './torrents/metainfo/magnet.ts'
export { type Metainfo, readMetainfo } from './torrents/metainfo/metainfo.ts'
export { readTorrentSource } from './torrents/metainfo/named-source.ts'
export type { TorrentFile } from './torrents/metainfo/torrent-file.ts'
export {
  MAX_TORRENT_FILE_BYTES,
  namesTorrent,
  parseTorrentSource,
  type TorrentSource,
} from './torrents/metainfo/torrent-source.ts'
export type { Verification } from './torrents/pieces/block-provenance.ts'
export type { ByteRange } from './torrents/pieces/byte-range.ts'
export type { DailyLimits } from './torrents/rates/daily-limits.ts'
export type { Limits } from './torrents/rates/limits.ts'
export type { ResolvedTorrent } from './torrents/session/metadata-resolver.ts'
export type {
  AddOptions,
  ResolveOptions,
  SessionOptions,
} from './torrents/session/session-options.ts'
export type { SessionStats } from './torrents/session/session-stats.ts'
export { LockError } from './torrents/state/lock.ts'
export type { OwnSeedingGoal, SeedingGoal } from './torrents/state/seeding.ts'
export type { Undeleted } from './torrents/store/file-removal.ts'
export type { StreamPriority } from './torrents/streams/file-stream.ts'
export {
  type AddedTorrent,
  type FileStream,
  Session,
  type SessionEvent,
  type StreamableFile,
  type Torrent,
} from './torrents/surface/surface.ts'
export type { DhtFacts, DhtNode, PeerTimeouts } from './torrents/swarm/swarm.ts'
export type { PeerCounters, PeerState, SwarmPeer } from './torrents/swarm/swarm-peer.ts'
export type { DialCounts, DialFamilies, TrafficCounts } from './torrents/swarm/swarm-traffic.ts'
export type { TrackerStatus } from './torrents/swarm/tracker-status.ts'
export type { FetchedAhead, MissingReason } from './torrents/torrent/fetched-ahead.ts'
export type { WaitOptions } from './torrents/torrent/metadata-wait.ts'
export type { StreamOptions } from './torrents/torrent/streamable-file.ts'
export type { RemoveOptions } from './torrents/torrent/torrent-host.ts'
export type { TorrentState } from './torrents/torrent/torrent-state.ts'
export type { LiveStats, PeerCounts, TorrentStats } from './torrents/torrent/torrent-stats.ts'
export { TorrentError, type TorrentErrorKind } from './torrents/torrent-error.ts'
