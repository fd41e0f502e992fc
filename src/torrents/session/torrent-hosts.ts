import { rm } from 'node:fs/promises'
import { loopClock, steadyClock, wallClock } from '../../clock.ts'
import { Semaphore } from '../../concurrency/semaphore.ts'
import type { Logger } from '../../log.ts'
import type { FetchTorrent } from '../metainfo/exact-sources.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { Verification } from '../pieces/block-provenance.ts'
import type { Throttles } from '../rates/limits.ts'
import { wholeMetainfo } from '../state/restored-metainfo.ts'
import { checkedGoal, type SeedingGoal } from '../state/seeding.ts'
import type { TorrentRecord } from '../state/session-record.ts'
import type { SessionState } from '../state/session-state.ts'
import type { Disk } from '../store/disk.ts'
import { SegmentPool } from '../store/segment-pool.ts'
import type { SwarmClient } from '../swarm/swarm.ts'
import { ContentFiles } from '../torrent/content-files.ts'
import { RestingHoldings } from '../torrent/holdings.ts'
import { KeptPieces } from '../torrent/kept-pieces.ts'
import { LastUse } from '../torrent/last-use.ts'
import { type LookedAtFiles, TorrentContent } from '../torrent/torrent-content.ts'
import type { OpenOptions, TorrentHost } from '../torrent/torrent-host.ts'
import type { OpenedContent } from '../torrent/wakefulness.ts'
import type { WebSeedSurroundings } from '../web-seeds/web-seed.ts'
import type { WebSeedReach } from '../web-seeds/web-seed-files.ts'
import { webSeedSurroundings } from '../web-seeds/web-seeds.ts'
import { BackgroundBudget } from './background-budget.ts'
import type { Places } from './places.ts'
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
  readonly seedRatio: number | null
  readonly seedMinutes: number | null
  /** Whether web seeds are used, and which. */
  readonly webSeeds: WebSeedReach | 'off'
  /** Where the exact sources of magnets are fetched from. */
  readonly fetchTorrent: FetchTorrent
  readonly log: Logger
}

/** The torrent that a host is made for. */
export interface HostedTorrent
  extends Pick<TorrentHost, 'changed' | 'finished' | 'save' | 'remove' | 'looked' | 'reviewTurns'> {
  readonly mayRest: () => boolean
  /** As it is now. */
  record(): TorrentRecord
}

/** What the session gives to each torrent; what all of them share lies here. */
export class TorrentHosts {
  readonly #options: TorrentHostsOptions
  readonly #pool = new SegmentPool(UNWRITTEN_LIMIT_BYTES)
  readonly #opening = new Semaphore(OPENED_AT_ONCE)
  readonly #checking = new Semaphore(CHECKED_AT_ONCE)
  readonly #background = new BackgroundBudget(steadyClock.after)
  readonly #webSeeds: WebSeedSurroundings | null
  /** One object for all torrents: what is changed in it holds for each. */
  readonly #seedingGoal: { ratio: number | null; minutes: number | null }

  constructor(options: TorrentHostsOptions) {
    this.#options = options
    this.#seedingGoal = { ratio: options.seedRatio, minutes: options.seedMinutes }
    this.#webSeeds = webSeedSurroundings(
      options.webSeeds,
      options.swarms.binding ?? null,
      options.log,
    )
  }

  /** A viewer of some torrent waits for what a peer could give now. */
  get isAnyStarving(): boolean {
    return this.#background.isAnyStarving
  }

  /** Throws TorrentError `bad-limit`. */
  setSeedingGoal(change: Partial<SeedingGoal>): void {
    Object.assign(this.#seedingGoal, checkedGoal({ ...this.#seedingGoal, ...change }))
  }

  of(infoHash: InfoHash, torrent: HostedTorrent): TorrentHost {
    const { folder, log, state, swarms, fetchTorrent } = this.#options
    const { limits, noRoom } = this.#options
    const throttles = limits.ofTorrent()
    return {
      folder,
      swarms,
      fetchTorrent,
      throttles,
      webSeeds: this.#webSeeds,
      seedingGoal: this.#seedingGoal,
      log,
      changed: () => torrent.changed(),
      looked: () => torrent.looked(),
      reviewTurns: (when) => torrent.reviewTurns(when),
      // No getters: each object would have a shape of its own.
      noRoom,
      mayRest: () => torrent.mayRest(),
      torrentFilePath: state.torrentFile(infoHash).path,
      check: (work, ticket) => this.#checking.run(work, ticket),
      finished: () => torrent.finished(),
      save: () => torrent.save(),
      remove: (options) => torrent.remove(options),
      saveMetadata: (torrentFile) => state.torrentFile(infoHash).write(torrentFile),
      forgetProgress: () => rm(state.resumeData(infoHash).path, { force: true }),
      openContent: (metainfo, { ticket, ...options }) =>
        this.#opening.run(() => this.#open(metainfo, { ...options, throttles }, torrent), ticket),
    }
  }

  async #open(
    metainfo: Metainfo,
    { mayRest, throttles, ...events }: Omit<OpenOptions, 'ticket'> & { throttles: Throttles },
    torrent: HostedTorrent,
  ): Promise<OpenedContent> {
    const { folder, places, state, disk, verification, onDemand, log } = this.#options
    const { infoHash } = metainfo
    const record = torrent.record()
    const place = {
      ...{ root: folder, outputFolder: await places.claim(record, metainfo), disk, log },
      resumeFile: state.resumeData(infoHash),
      partsFolder: state.partsFolder(infoHash),
    }
    const looked = await ContentFiles.open({ ...place, metainfo })
    if (mayRest && looked.resumed.inDoubt.length === 0) {
      return { kind: 'resting', holdings: restingOf(metainfo, record, place.outputFolder, looked) }
    }
    const content = await TorrentContent.of(
      {
        ...events,
        ...place,
        metainfo: await wholeMetainfo(state, metainfo),
        onlyFiles: record.onlyFiles,
        onFault: () => torrent.changed(),
        pool: this.#pool,
        ...{ verification, onDemand },
        clock: loopClock,
        joinBackground: this.#background.join,
        downloads: throttles.download,
      },
      looked,
    )
    content.downloader.waitForRoom({ isShort: this.#options.noRoom() !== null })
    return { kind: 'awake', content }
  }

  close(): void {
    this.#background.close()
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
