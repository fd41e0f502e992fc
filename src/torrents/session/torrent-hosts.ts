import { loopClock, steadyClock, wallClock } from '../../clock.ts'
import { Semaphore, type Ticket } from '../../concurrency/semaphore.ts'
import { UndoneChanges } from '../../concurrency/undone-changes.ts'
import type { Logger } from '../../log.ts'
import type { JoinRoom } from '../download/disk-room.ts'
import type { FetchTorrent } from '../metainfo/exact-sources.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { Verification } from '../pieces/block-provenance.ts'
import { wholeMetainfo } from '../state/restored-metainfo.ts'
import { checkedGoal, type SeedingGoal } from '../state/seeding.ts'
import type { TorrentRecord } from '../state/session-record.ts'
import type { SessionState } from '../state/session-state.ts'
import type { Disk } from '../store/disk.ts'
import { SegmentPool } from '../store/segment-pool.ts'
import type { SwarmClient } from '../swarm/swarm.ts'
import { ContentFiles } from '../torrent/content-files.ts'
import type { LookedAtFiles } from '../torrent/content-options.ts'
import { FilesGoneError } from '../torrent/files-gone.ts'
import { RestingHoldings } from '../torrent/holdings.ts'
import { KeptPieces } from '../torrent/kept-pieces.ts'
import { LastUse } from '../torrent/last-use.ts'
import { TorrentContent } from '../torrent/torrent-content.ts'
import type { OpenOptions, TorrentHost } from '../torrent/torrent-host.ts'
import type { OpenedContent } from '../torrent/wakefulness.ts'
import type { WebSeedSurroundings } from '../web-seeds/web-seed.ts'
import type { WebSeedReach } from '../web-seeds/web-seed-files.ts'
import { webSeedSurroundings } from '../web-seeds/web-seeds.ts'
import { BackgroundBudget } from './background-budget.ts'
import type { Places } from './places.ts'
import { Sampling } from './sampling.ts'
import type { SessionLimits } from './session-limits.ts'

/** Blocks that are not on the disk yet, of all torrents together. */
const UNWRITTEN_LIMIT_BYTES = 24 * 1024 * 1024
/** Torrents whose files are looked at: a disk is not faster with more, and each holds its names. */
const OPENED_AT_ONCE = 4
/** Torrents whose pieces are hashed: one thread does it. */
const CHECKED_AT_ONCE = 4

export interface TorrentHostsOptions {
  /** The data folder, absolute. */
  readonly folder: string
  readonly verification: Verification
  readonly onDemand: boolean
  readonly disk: Disk
  readonly places: Places
  readonly state: SessionState
  readonly swarms: SwarmClient
  readonly limits: SessionLimits
  /** Why nothing may be downloaded for now; `null` where something may. */
  readonly noRoom: () => string | null
  /** What a quota leaves for pieces. */
  readonly joinRoom: JoinRoom
  readonly seedRatio: number | null
  readonly seedMinutes: number | null
  /** Whether web seeds are used, and which. */
  readonly webSeeds: WebSeedReach | 'off'
  /** Where the exact sources of magnets are fetched from. */
  readonly fetchTorrent: FetchTorrent
  readonly log: Logger
}

/** The torrent whose content is opened. */
export interface OpeningHost extends Pick<TorrentHost, 'throttles' | 'changed'> {
  /** As it is now. */
  readonly record: TorrentRecord
}

/** What the session gives to each torrent; what all of them share lies here. */
export class TorrentHosts {
  readonly shared: TorrentHostsOptions
  readonly fetchTorrent: FetchTorrent
  /** Of torrents that have none of their own. */
  seedingGoal: SeedingGoal
  readonly webSeeds: WebSeedSurroundings | null
  readonly changes = new UndoneChanges()
  readonly #pool = new SegmentPool(UNWRITTEN_LIMIT_BYTES)
  readonly #opening = new Semaphore(OPENED_AT_ONCE)
  readonly #checking = new Semaphore(CHECKED_AT_ONCE)
  readonly #background = new BackgroundBudget(steadyClock.after)
  readonly #sampling: Sampling

  constructor(options: TorrentHostsOptions) {
    const { fetchTorrent, swarms, seedRatio, seedMinutes, log } = options
    this.shared = options
    this.fetchTorrent = fetchTorrent
    this.seedingGoal = { ratio: seedRatio, minutes: seedMinutes }
    this.webSeeds = webSeedSurroundings(options.webSeeds, swarms.binding ?? null, log)
    const isBusy = (): boolean => this.isAnyStarving
    this.#sampling = new Sampling({ clock: steadyClock, isBusy, log })
  }

  /** A viewer of some torrent waits for what a peer could give now. */
  get isAnyStarving(): boolean {
    return this.#background.isAnyStarving
  }

  /** Throws TorrentError `bad-limit`. */
  setSeedingGoal(change: Partial<SeedingGoal>): void {
    this.seedingGoal = checkedGoal({ ...this.seedingGoal, ...change })
  }

  /** Hashes pieces; few torrents at once do. */
  check(work: () => Promise<void>, ticket: Ticket): Promise<void> {
    return this.#checking.run(work, ticket)
  }

  /**
   * Finds a place for the files of a torrent, reads what is known of them. Rejects with FilesGoneError where
   * none is left of those that were stored.
   */
  open(
    metainfo: Metainfo,
    { ticket, ...options }: OpenOptions,
    host: OpeningHost,
  ): Promise<OpenedContent> {
    return this.#opening.run(() => this.#open(metainfo, options, host), ticket)
  }

  async #open(
    metainfo: Metainfo,
    { mayRest, acceptsGone, ...events }: Omit<OpenOptions, 'ticket'>,
    host: OpeningHost,
  ): Promise<OpenedContent> {
    const { folder, places, state, disk, verification, onDemand, joinRoom, log } = this.shared
    const { infoHash } = metainfo
    const { record, throttles } = host
    const place = {
      ...{ root: folder, outputFolder: await places.claim(record, metainfo), disk, log },
      resumeFile: state.resumeData(infoHash),
      partsFolder: state.partsFolder(infoHash),
    }
    const { gone, ...looked } = await ContentFiles.open({ ...place, metainfo })
    if (gone !== null && !acceptsGone) throw new FilesGoneError(gone)
    if (mayRest && looked.resumed.inDoubt.length === 0) {
      return { kind: 'resting', holdings: restingOf(metainfo, record, place.outputFolder, looked) }
    }
    const content = await TorrentContent.of(
      {
        ...events,
        ...place,
        metainfo: await wholeMetainfo(state, metainfo),
        onlyFiles: record.onlyFiles,
        onFault: () => host.changed(),
        pool: this.#pool,
        ...{ verification, onDemand, joinRoom },
        clock: loopClock,
        joinBackground: this.#background.join,
        downloads: throttles.download,
      },
      looked,
    )
    content.downloader.waitForRoom({ isShort: this.shared.noRoom() !== null })
    this.#sampling.add(content)
    return { kind: 'awake', content }
  }

  close(): void {
    this.#background.close()
    this.#sampling.close()
  }
}

function restingOf(
  metainfo: Metainfo,
  { onlyFiles }: TorrentRecord,
  outputFolder: string,
  { files, resumed: { have, kept, lastUse } }: LookedAtFiles,
): RestingHoldings {
  const { faults: fileFaults } = files
  const holdings = {
    ...{ metainfo, outputFolder, have, fileFaults },
    kept: new KeptPieces(kept),
    lastUse: new LastUse(wallClock, metainfo.pieceCount, lastUse),
  }
  return new RestingHoldings(holdings, onlyFiles)
}
