import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import type {
  AddRequest,
  RateLimits,
  ResolveRequest,
  SeedingGoals,
  SessionPort,
  StreamPort,
  TorrentPort,
} from '../../src/http/messages/session-port.ts'
import { type InfoHash, parseInfoHash } from '../../src/torrents/metainfo/info-hash.ts'
import type { Metainfo } from '../../src/torrents/metainfo/metainfo.ts'
import type { TorrentFile } from '../../src/torrents/metainfo/torrent-file.ts'
import type { TorrentSource } from '../../src/torrents/metainfo/torrent-source.ts'
import type { ByteRange } from '../../src/torrents/pieces/byte-range.ts'
import type { ResolvedTorrent } from '../../src/torrents/session/metadata-resolver.ts'
import { allPeers, type SessionStats } from '../../src/torrents/session/session-stats.ts'
import type { Undeleted } from '../../src/torrents/store/file-removal.ts'
import type { DhtFacts } from '../../src/torrents/swarm/swarm.ts'
import { SwarmTraffic } from '../../src/torrents/swarm/swarm-traffic.ts'
import type { TorrentState } from '../../src/torrents/torrent/torrent-state.ts'
import type { TorrentStats } from '../../src/torrents/torrent/torrent-stats.ts'
import { TorrentError } from '../../src/torrents/torrent-error.ts'

/** After so many bytes the bytes of a fake file come again. */
const PERIOD = 251 * 256
const PATTERN = Uint8Array.from(
  { length: PERIOD },
  (_, offset) => (offset * 7 + Math.floor(offset / 256)) % 251,
)

/** Fills `buffer` with what a fake file of any length holds from `start` on. */
function fillPattern(buffer: Uint8Array, start: number): void {
  for (let filled = 0; filled < buffer.length; ) {
    const chunk = PATTERN.subarray((start + filled) % PERIOD).subarray(0, buffer.length - filled)
    buffer.set(chunk, filled)
    filled += chunk.length
  }
}

/** Bytes `start` to `end`, both inclusive, of any fake file. */
export function bytesOf(start: number, end: number): Buffer {
  const bytes = Buffer.alloc(end - start + 1)
  fillPattern(bytes, start)
  return bytes
}

/** A stream over computed bytes, which can be given only up to `limit` and told to fail. */
export class FakeStream implements StreamPort {
  readonly start: number
  position: number
  limit: number
  closed = false
  readonly #length: number
  readonly #largestRead: number
  #wake = (): void => {}
  #failure: Error | null = null

  constructor(length: number, start: number, limit: number, largestRead: number) {
    this.#length = length
    this.start = start
    this.position = start
    this.limit = limit
    this.#largestRead = largestRead
  }

  seek(position: number): void {
    this.position = position
  }

  async whenReadable(): Promise<void> {
    while (this.position >= Math.min(this.limit, this.#length)) {
      this.#check()
      if (this.position >= this.#length) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.#check()
  }

  async readNow(buffer: Uint8Array): Promise<number | null> {
    this.#check()
    if (this.position >= this.#length) return 0
    if (this.position >= this.limit) return null
    const available = Math.min(this.limit, this.#length) - this.position
    const count = Math.min(buffer.length, available, this.#largestRead)
    fillPattern(buffer.subarray(0, count), this.position)
    this.position += count
    return count
  }

  /** A piece arrived: bytes before `limit` can be had. */
  fill(limit: number): void {
    this.limit = limit
    this.#wake()
  }

  fail(error: Error): void {
    this.#failure = error
    this.#wake()
  }

  close(): void {
    this.closed = true
    this.#wake()
  }

  #check(): void {
    if (this.closed) throw new TorrentError('closed', 'the stream was closed')
    if (this.#failure !== null) throw this.#failure
  }
}

export interface FakeFile {
  readonly path: string
  readonly length: number
  readonly padding?: boolean
  readonly symlink?: readonly string[]
}

export class FakeTorrent implements TorrentPort {
  readonly id: number
  readonly infoHash: InfoHash
  readonly addedAt = new Date('2026-01-02T03:04:05.678Z')
  readonly outputFolder = '/srv/media'
  isPaused = false
  metainfo: TorrentPort['metainfo'] = { torrentFile: Buffer.from('d4:infodee'), isFolder: true }
  haves: Uint8Array | null = new Uint8Array(6).fill(0xff)
  peers: TorrentPort['peers'] = []
  trackers: TorrentPort['trackers'] = []
  readonly addedPeers: string[] = []
  readonly pieceCount = 48
  readonly streams: FakeStream[] = []
  readonly deselected = new Set<number>()
  readonly fileFaults = new Map<number, string>()
  name: string | null
  files: readonly TorrentFile[]
  state: TorrentState = { kind: 'live' }
  /** Where the bytes of a newly opened stream end for now. */
  limit = Number.POSITIVE_INFINITY
  largestRead = Number.POSITIVE_INFINITY
  unavailable = false
  /** What `ready` waits for; the metadata is there unless a test says otherwise. */
  metadata = (): Promise<void> => Promise.resolve()
  metadataTimeoutMs: number | undefined
  facts: TorrentStats

  constructor(id: number, name: string | null, files: readonly FakeFile[]) {
    this.id = id
    this.name = name
    this.infoHash = parseInfoHash(String(id).padStart(40, 'a')) as InfoHash
    this.files = files.map(({ path, length, padding, symlink }, index) => ({
      index,
      components: path.split('/'),
      length,
      offset: 0,
      padding: padding ?? false,
      symlink: symlink ?? null,
      executable: false,
      hidden: false,
    }))
    this.facts = {
      state: this.state,
      progressBytes: 0,
      totalBytes: 0,
      finished: false,
      uploadedBytes: 0,
      fileProgress: files.map(() => 0),
      live: null,
    }
  }

  async select(fileIndices: readonly number[]): Promise<void> {
    this.deselected.clear()
    for (const { index } of this.files) {
      if (!fileIndices.includes(index)) this.deselected.add(index)
    }
  }

  addPeers(addresses: readonly string[]): void {
    this.addedPeers.push(...addresses)
  }

  isSelected(fileIndex: number): boolean {
    return !this.deselected.has(fileIndex)
  }

  stats(): TorrentStats {
    return { ...this.facts, state: this.state }
  }

  ready({ timeoutMs }: { timeoutMs?: number } = {}): Promise<void> {
    this.metadataTimeoutMs = timeoutMs
    return this.metadata()
  }

  limits: RateLimits = { uploadBps: null, downloadBps: null }
  keep = false
  seeding: SeedingGoals = { ratio: null, minutes: null }
  rechecks = 0

  maxConnections: number | null = null

  async setLimits({
    maxConnections = this.maxConnections,
    ...limits
  }: RateLimits & { readonly maxConnections?: number | null }): Promise<void> {
    this.limits = limits
    this.maxConnections = maxConnections
  }

  async setSeeding(goal: Partial<SeedingGoals>): Promise<void> {
    this.seeding = { ...this.seeding, ...goal }
  }

  async setKeep(keep: boolean): Promise<void> {
    this.keep = keep
  }

  async recheck(): Promise<void> {
    this.rechecks++
  }

  async pause(): Promise<void> {
    if (this.state.kind === 'paused') {
      throw new TorrentError('wrong-state', 'torrent is already paused')
    }
    this.state = { kind: 'paused' }
  }

  async start(): Promise<void> {
    if (this.state.kind === 'live') {
      throw new TorrentError('wrong-state', 'torrent is already live')
    }
    this.state = { kind: 'live' }
  }

  readonly prefetched: ByteRange[] = []

  prefetch(_fileIndex: number, ranges: readonly ByteRange[]): () => void {
    this.prefetched.push(...ranges)
    return () => {}
  }

  /** Files that are still arriving. */
  readonly arriving = new Set<number>()

  hasWhole(fileIndex: number): boolean {
    return !this.arriving.has(fileIndex)
  }

  whyMissing(): ReturnType<TorrentPort['whyMissing']> {
    return 'peers_slow'
  }

  ahead(): ReturnType<TorrentPort['ahead']> {
    return { firstPiece: 0, lastPiece: 47, bufferedBytes: 0 }
  }

  requireStreamable(): void {
    if (this.unavailable) throw new TorrentError('unavailable', 'the torrent is paused')
  }

  stream(fileIndex: number, options: { start?: number } = {}): FakeStream {
    this.requireStreamable()
    const length = this.files[fileIndex]?.length ?? 0
    const stream = new FakeStream(length, options.start ?? 0, this.limit, this.largestRead)
    this.streams.push(stream)
    return stream
  }
}

interface SessionEvents {
  added: [torrent: TorrentPort]
  changed: [torrent: TorrentPort]
  removed: [torrent: TorrentPort]
}

/** Remembers what it was asked to do, and does it to its own list. */
export class FakeSession extends EventEmitter<SessionEvents> implements SessionPort {
  readonly torrents: FakeTorrent[] = []
  readonly added: { source: TorrentSource; options: AddRequest }[] = []
  /** What `remove` could not delete. */
  leftovers: readonly Undeleted[] = []
  readonly removed: { torrent: TorrentPort; deleteFiles: boolean }[] = []
  /** What `add` answers with. */
  next: () => Promise<{ torrent: FakeTorrent; isNew: boolean }> = () =>
    Promise.reject(new Error('nothing to add'))

  constructor(...torrents: readonly FakeTorrent[]) {
    super()
    this.torrents.push(...torrents)
  }

  readonly resolved: { source: TorrentSource; options: ResolveRequest }[] = []
  /** What `resolve` answers with. */
  found: () => Promise<ResolvedTorrent> = () => Promise.reject(new Error('nothing to find'))
  statistics: SessionStats = {
    traffic: new SwarmTraffic(() => 0),
    peers: allPeers([]),
    uptimeSeconds: 0,
  }
  node: DhtFacts | null = null
  folder = '/srv/media'

  async requireInside(path: string): Promise<void> {
    if (path.startsWith(this.folder)) return
    throw new TorrentError('bad-folder', `${path} lies outside the data folder`)
  }

  limits: RateLimits = { uploadBps: null, downloadBps: null }

  get limitsInForce(): RateLimits & { readonly isAlternative: boolean } {
    return { ...this.limits, isAlternative: false }
  }

  async setLimits(limits: RateLimits): Promise<void> {
    this.limits = limits
  }

  resolve(source: TorrentSource, options: ResolveRequest = {}): Promise<ResolvedTorrent> {
    this.resolved.push({ source, options })
    return this.found()
  }

  async placeFor({ name, isFolder }: Metainfo, outputFolder?: string): Promise<string> {
    return join('/srv/media', outputFolder ?? (isFolder ? name : ''))
  }

  stats(): SessionStats {
    return this.statistics
  }

  dht(): DhtFacts | null {
    return this.node
  }

  get(idOrInfoHash: string): FakeTorrent | undefined {
    return this.torrents.find(
      ({ id, infoHash }) => idOrInfoHash === String(id) || idOrInfoHash === infoHash,
    )
  }

  add(
    source: TorrentSource,
    options: AddRequest = {},
  ): Promise<{ torrent: FakeTorrent; isNew: boolean }> {
    this.added.push({ source, options })
    return this.next()
  }

  readonly persisted: TorrentPort[] = []

  async persist(torrent: TorrentPort): Promise<void> {
    this.persisted.push(torrent)
  }

  async remove(
    torrent: FakeTorrent,
    { deleteFiles }: { deleteFiles: boolean },
  ): Promise<readonly Undeleted[]> {
    this.torrents.splice(this.torrents.indexOf(torrent), 1)
    this.removed.push({ torrent, deleteFiles })
    return this.leftovers
  }
}
