import type { Ticket } from '../../concurrency/semaphore.ts'
import type { UndoableChange } from '../../concurrency/undone-changes.ts'
import type { Logger } from '../../log.ts'
import type { FetchTorrent } from '../metainfo/exact-sources.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { Throttles } from '../rates/limits.ts'
import type { SeedingGoal } from '../state/seeding.ts'
import type { DiskError } from '../store/disk.ts'
import type { Undeleted } from '../store/file-removal.ts'
import type { SwarmClient } from '../swarm/swarm.ts'
import type { WebSeedSurroundings } from '../web-seeds/web-seed.ts'
import type { OpenedContent } from './wakefulness.ts'

export interface RemoveOptions {
  /** Also what it has stored; false when absent. */
  readonly deleteFiles?: boolean | undefined
}

export interface OpenOptions {
  readonly onFinished: () => void
  readonly onWritable: (error: DiskError | null) => void
  /** Nothing but a look is needed where nothing is in doubt. */
  readonly mayRest: boolean
  /** What was stored and is gone is downloaded again. */
  readonly acceptsGone: boolean
  readonly ticket: Ticket
}

/** What a torrent needs of its session. */
export interface TorrentHost {
  /** The data folder. */
  readonly folder: string
  readonly swarms: SwarmClient
  readonly fetchTorrent: FetchTorrent
  /** Why nothing may be downloaded for now; `null` where something may. */
  noRoom(): string | null
  /** What holds back its downloading and uploading, and it alone. */
  readonly throttles: Throttles
  /** When torrents that say nothing else have been seeded enough. */
  readonly seedingGoal: SeedingGoal
  /** `null` where no web seed is to be used. */
  readonly webSeeds: WebSeedSurroundings | null
  readonly log: Logger
  /** Finds a place for the files, reads what is known of them. */
  openContent(metainfo: Metainfo, options: OpenOptions): Promise<OpenedContent>
  /** Hashes pieces; few torrents at once do. */
  check(work: () => Promise<void>, ticket: Ticket): Promise<void>
  /** It is one of so many of an earlier run that it rests until it has its turn. */
  mayRest(): boolean
  /** Where the torrent file is kept. */
  readonly torrentFilePath: string
  /** Who may be at work has to be decided again, soon or now. */
  reviewTurns(when?: 'now'): void
  /** It has been looked at; what is kept of it is as it was. */
  looked(): void
  /** The metadata of a magnet has arrived: keep it. */
  saveMetadata(torrentFile: Uint8Array): Promise<void>
  /** What is known to be on the disk is forgotten. Rejects with StorageError. */
  forgetProgress(): Promise<void>
  /** Rejects with StorageError where nothing can be kept, but for a disk that is full. */
  requireWritable(): Promise<void>
  /** State, selection or files are not what they were. */
  changed(): void
  /** The last of what is selected has arrived. */
  finished(): void
  /** Saves the list of torrents, with what this one is to do. Rejects with StorageError. */
  save(): Promise<void>
  /** Changes `thing` and saves it. Rejects as the change does, or with StorageError; all is as it was then. */
  change<T>(thing: string, change: UndoableChange<T>): Promise<void>
  /** Takes the torrent out of the session; see `Session.remove`. */
  remove(options?: RemoveOptions): Promise<readonly Undeleted[]>
}
