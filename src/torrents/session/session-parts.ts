import { steadyClock } from '../../clock.ts'
import { OneByOne } from '../../concurrency/one-by-one.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import { torrentFileFetcher } from '../metainfo/torrent-source.ts'
import type { Lock } from '../state/lock.ts'
import type { SessionRecord } from '../state/session-record.ts'
import type { SessionState } from '../state/session-state.ts'
import { Disk } from '../store/disk.ts'
import type { MaxConnections, SwarmClient } from '../swarm/swarm.ts'
import { DiskLimits } from './disk-limits.ts'
import { GoneWatch } from './gone-watch.ts'
import { MetadataResolver } from './metadata-resolver.ts'
import { Places } from './places.ts'
import { SeedingWatch } from './seeding-watch.ts'
import type { SessionBlocklist } from './session-blocklist.ts'
import { SessionKeeper } from './session-keeper.ts'
import { limitsAtStart, SessionLimits } from './session-limits.ts'
import type { ResolvedOptions } from './session-options.ts'
import { TorrentHosts } from './torrent-hosts.ts'
import { TorrentList } from './torrent-list.ts'
import { TurnKeeper } from './turn-keeper.ts'

/** What has to be there before a session begins, and goes last when it ends. */
export interface SessionGround {
  readonly state: SessionState
  readonly lock: Lock
  readonly swarms: SwarmClient
  readonly blocklist: SessionBlocklist
}

/** What a session is made of, and the order in which that ends. */
export class SessionParts {
  readonly options: ResolvedOptions
  readonly state: SessionState
  readonly swarms: SwarmClient
  readonly blocklist: SessionBlocklist
  readonly disk = new Disk()
  readonly places: Places
  readonly limits: SessionLimits
  readonly room: DiskLimits
  readonly hosts: TorrentHosts
  readonly torrents = new TorrentList()
  /** What changes a torrent as a whole: one after another. */
  readonly changes = new OneByOne<InfoHash>()
  readonly keeper: SessionKeeper
  readonly turns: TurnKeeper
  readonly resolver: MetadataResolver
  maxConnections: MaxConnections
  readonly #seeding: SeedingWatch
  readonly #gone: GoneWatch
  readonly #lock: Lock
  #isClosed = false

  constructor(
    options: ResolvedOptions,
    record: SessionRecord,
    { state, lock, swarms, blocklist }: SessionGround,
  ) {
    this.options = options
    const { maxConnections: total, maxConnectionsPerTorrent: perTorrent } = options
    this.maxConnections = { total, perTorrent }
    this.state = state
    this.swarms = swarms
    this.blocklist = blocklist
    this.#lock = lock
    const { log } = options
    const { fetchTorrent = torrentFileFetcher(swarms.binding ?? null) } = options
    const torrents = () => this.torrents.all
    this.places = new Places(options.folder)
    this.limits = new SessionLimits(limitsAtStart(options, record.limits), options.dailyLimits)
    this.room = new DiskLimits(options, torrents)
    this.hosts = new TorrentHosts({
      ...options,
      noRoom: () => this.room.noRoom,
      joinRoom: this.room.join,
      ...{ limits: this.limits, disk: this.disk, places: this.places },
      ...{ state, swarms, fetchTorrent },
    })
    const find = (infoHash: InfoHash) => this.torrents.get(infoHash)
    this.resolver = new MetadataResolver({ ...options, swarms, find, fetchTorrent, log })
    this.keeper = new SessionKeeper(state, this.torrents, record.nextId, log)
    this.keeper.limits = () => this.limits.limits
    const save = this.keeper.saveOrSay.bind(this.keeper)
    this.#seeding = new SeedingWatch({ torrents, save, log })
    this.#gone = new GoneWatch(torrents, steadyClock)
    this.turns = new TurnKeeper(this.torrents, options, steadyClock)
  }

  /** Nothing is added and nothing is told any more. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Leaves all swarms, saves, and unlocks the folder. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.changes.idle()
    await this.keeper.saveOrSay(this.torrents.atWork)
    await this.keeper.saveFacts()
    await this.end()
  }

  /** Frees everything; what was saved stays as it is. */
  async end(): Promise<void> {
    this.#isClosed = true
    const kept = this.keeper.close()
    this.turns.close()
    this.hosts.close()
    this.limits.close()
    this.#seeding.close()
    this.#gone.close()
    this.room.close()
    await this.resolver.close()
    await kept
    const closed = await Promise.allSettled(this.torrents.all.map(({ life }) => life.close()))
    for (const ending of closed.filter(({ status }) => status === 'rejected')) {
      this.options.log.error(ending, 'cannot save progress')
    }
    await this.swarms.close()
    await this.disk.close()
    await this.state.close()
    await this.#lock.release()
  }
}
