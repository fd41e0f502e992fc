import type { Ticket } from '../../concurrency/semaphore.ts'
import type { UndoableChange } from '../../concurrency/undone-changes.ts'
import type { Logger } from '../../log.ts'
import type { FetchTorrent } from '../metainfo/exact-sources.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { Throttles } from '../rates/limits.ts'
import type { SeedingGoal } from '../state/seeding.ts'
import type { TorrentRecord } from '../state/session-record.ts'
import type { Undeleted } from '../store/file-removal.ts'
import type { SwarmClient } from '../swarm/swarm.ts'
import type { Torrent } from '../torrent/torrent.ts'
import type { OpenOptions, RemoveOptions, TorrentHost } from '../torrent/torrent-host.ts'
import type { OpenedContent } from '../torrent/wakefulness.ts'
import { TorrentError } from '../torrent-error.ts'
import type { WebSeedSurroundings } from '../web-seeds/web-seed.ts'
import type { TorrentHosts } from './torrent-hosts.ts'

/** What the session does for each of its torrents. */
export interface HostSession {
  /** State, selection or files of a torrent are not what they were. */
  changed(torrent: Torrent): void
  /** It has been looked at; what is kept of it is as it was. */
  looked(torrent: Torrent): void
  finished(torrent: Torrent): void
  save(infoHash: InfoHash): Promise<void>
  remove(torrent: Torrent, options?: RemoveOptions): Promise<readonly Undeleted[]>
  reviewTurns(when?: 'now'): void
  /** There are more torrents than may be at work. */
  readonly isCrowded: boolean
}

export interface HostedTorrent {
  readonly infoHash: InfoHash
  readonly isOfEarlierRun: boolean
}

/** It makes no sense now: see the methods of `Torrent`. */
function isRefusal(error: unknown): boolean {
  return error instanceof TorrentError
}

/** A torrent's way to its session. No closures: there may be thousands. */
export class SessionTorrentHost implements TorrentHost {
  readonly throttles: Throttles
  readonly #hosts: TorrentHosts
  readonly #session: HostSession
  readonly #infoHash: InfoHash
  readonly #isOfEarlierRun: boolean
  #torrent: Torrent | null = null

  constructor(hosts: TorrentHosts, session: HostSession, torrent: HostedTorrent) {
    this.#hosts = hosts
    this.#session = session
    this.#infoHash = torrent.infoHash
    this.#isOfEarlierRun = torrent.isOfEarlierRun
    this.throttles = hosts.shared.limits.ofTorrent()
  }

  /** From now on there is somebody to be host of. */
  receive(torrent: Torrent): void {
    this.#torrent = torrent
  }

  get infoHash(): InfoHash {
    return this.#infoHash
  }

  /** As it is now. */
  get record(): TorrentRecord {
    return this.#guest.record
  }

  get folder(): string {
    return this.#hosts.shared.folder
  }

  get swarms(): SwarmClient {
    return this.#hosts.shared.swarms
  }

  get log(): Logger {
    return this.#hosts.shared.log
  }

  get fetchTorrent(): FetchTorrent {
    return this.#hosts.fetchTorrent
  }

  get webSeeds(): WebSeedSurroundings | null {
    return this.#hosts.webSeeds
  }

  get seedingGoal(): SeedingGoal {
    return this.#hosts.seedingGoal
  }

  get torrentFilePath(): string {
    return this.#hosts.shared.state.torrentFile(this.#infoHash).path
  }

  noRoom(): string | null {
    return this.#hosts.shared.noRoom()
  }

  mayRest(): boolean {
    return this.#isOfEarlierRun && this.#session.isCrowded
  }

  changed(): void {
    this.#session.changed(this.#guest)
  }

  looked(): void {
    this.#session.looked(this.#guest)
  }

  finished(): void {
    this.#session.finished(this.#guest)
  }

  reviewTurns(when?: 'now'): void {
    this.#session.reviewTurns(when)
  }

  save(): Promise<void> {
    return this.#session.save(this.#infoHash)
  }

  async change<T>(thing: string, { undo, ...change }: UndoableChange<T>): Promise<void> {
    const undone = async (before: T): Promise<void> => {
      await undo(before)
      // Others may have saved what is taken back here.
      this.changed()
    }
    const { changes } = this.#hosts
    await changes.run(`${this.#infoHash} ${thing}`, { isRefusal, ...change, undo: undone }, () =>
      this.save(),
    )
  }

  remove(options?: RemoveOptions): Promise<readonly Undeleted[]> {
    return this.#session.remove(this.#guest, options)
  }

  saveMetadata(torrentFile: Uint8Array): Promise<void> {
    return this.#hosts.shared.state.torrentFile(this.#infoHash).write(torrentFile)
  }

  forgetProgress(): Promise<void> {
    return this.#hosts.shared.state.forgetProgress(this.#infoHash)
  }

  requireWritable(): Promise<void> {
    return this.#hosts.shared.state.requireWritable(this.#infoHash)
  }

  check(work: () => Promise<void>, ticket: Ticket): Promise<void> {
    return this.#hosts.check(work, ticket)
  }

  openContent(metainfo: Metainfo, options: OpenOptions): Promise<OpenedContent> {
    return this.#hosts.open(metainfo, options, this)
  }

  get #guest(): Torrent {
    if (this.#torrent === null) throw new Error('nobody is here yet')
    return this.#torrent
  }
}
