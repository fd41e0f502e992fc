import type { Metainfo } from '../metainfo/metainfo.ts'
import type { TorrentFile } from '../metainfo/torrent-file.ts'
import type { ByteRange } from '../pieces/byte-range.ts'
import { FileStream, type StreamPriority, type StreamSource } from '../streams/file-stream.ts'
import { WakingSource } from '../streams/waking-source.ts'
import { TorrentError } from '../torrent-error.ts'
import { type FetchedAhead, fetchedAhead, type MissingReason } from './fetched-ahead.ts'
import { type Holdings, hasStored, hasWhole, missingBytes, NO_FAULTS } from './holdings.ts'
import { type FileOwner, StreamableFile, type StreamOptions } from './streamable-file.ts'
import type { TorrentContent } from './torrent-content.ts'
import type { TorrentLife } from './torrent-life.ts'
import type { TorrentState } from './torrent-state.ts'

/** The files of a torrent, and the ways to their bytes, whatever the torrent does meanwhile. */
export class ReadableTorrent implements FileOwner {
  /** What the session does with it. */
  readonly life: TorrentLife
  #files: readonly StreamableFile[] = []

  constructor(life: TorrentLife) {
    this.life = life
  }

  /** `null` while a magnet is being resolved. */
  get metainfo(): Metainfo | null {
    return this.life.metadata.metainfo
  }

  /** Empty while a magnet is being resolved. */
  get files(): readonly StreamableFile[] {
    const files = this.metainfo?.files ?? []
    if (this.#files.length !== files.length) {
      this.#files = files.map((file) => new StreamableFile(this, file))
    }
    return this.#files
  }

  /** Bytes; 0 while a magnet is being resolved. */
  get length(): number {
    return this.metainfo?.length ?? 0
  }

  get pieceCount(): number {
    return this.metainfo?.pieceCount ?? 0
  }

  get state(): TorrentState {
    return this.life.state
  }

  /** `null` while the torrent rests, and until it has a place for its files. */
  get content(): TorrentContent | null {
    return this.life.content
  }

  /** What is here of it; `null` until it has a place for its files. */
  get holdings(): Holdings | null {
    return this.life.holdings
  }

  /** Why single files cannot be used, by index; the others go on. */
  get fileFaults(): ReadonlyMap<number, string> {
    return this.holdings?.fileFaults ?? NO_FAULTS
  }

  /**
   * Throws what `stream` would, and opens nothing: TorrentError `resolving`, `unknown-file`, `closed`, or
   * `unavailable` where the first byte asked for is not on the disk and the torrent is stopped, or the disk has no room.
   */
  requireStreamable(fileIndex: number, start: number): void {
    const file = this.readableFile(fileIndex)
    const { holdings, state, life } = this
    if (life.condition.isClosed) throw new TorrentError('closed', 'the torrent was removed')
    const fault = holdings?.fileFaults.get(file.index)
    if (fault !== undefined) throw new TorrentError('unavailable', `file ${file.index}: ${fault}`)
    // Files that were not looked at yet are looked at first.
    if (state.kind === 'initializing') return
    const noRoom = life.host.noRoom()
    if (state.kind === 'live' && noRoom === null) return
    if (holdings !== null && hasStored(holdings, file, start)) return
    // Of a file that is not selected nothing else shows that it cannot be fetched.
    if (state.kind === 'live')
      throw new TorrentError('unavailable', `what was asked for is missing, and there is ${noRoom}`)
    const reason =
      state.kind === 'error'
        ? `the torrent has failed: ${state.message}`
        : `the torrent is ${state.kind} and lacks what was asked for`
    throw new TorrentError('unavailable', reason)
  }

  /** Opens a file for reading. Throws as `requireStreamable` does, or the signal's reason. */
  stream(fileIndex: number, options: StreamOptions = {}): FileStream {
    const { start = 0, verifiedOnly = false, priority = 'viewer', end, signal, lookAhead } = options
    this.requireStreamable(fileIndex, start)
    const file = this.readableFile(fileIndex)
    const opened = { start, verifiedOnly, priority, end, signal, lookAhead }
    const { content } = this
    if (content === null) {
      const { offset: fileOffset, length } = file
      const source = new WakingSource(() => this.#supply(priority))
      return new FileStream(source, { ...opened, fileOffset, length })
    }
    const stream = content.reading.open(file, opened)
    if (priority === 'viewer') this.#beWatched()
    return stream
  }

  /** Whether every byte of a file is on the disk, and verified. Throws TorrentError `unknown-file`, `resolving`. */
  hasWhole(fileIndex: number): boolean {
    const file = this.readableFile(fileIndex)
    return this.holdings !== null && hasWhole(this.holdings, file)
  }

  /**
   * Bytes that have to be fetched before the range can be read verified: all pieces that it lies in and
   * that are not on the disk. Throws TorrentError as `stream` does.
   */
  missingBytes(fileIndex: number, range: ByteRange): number {
    const file = this.readableFile(fileIndex)
    const { metainfo } = this
    return metainfo === null ? 0 : missingBytes(metainfo, this.holdings, file, range)
  }

  /** Why the byte at `position` of a file is not here yet. Throws TorrentError `unknown-file`, `resolving`. */
  whyMissing(fileIndex: number, position: number): MissingReason {
    const file = this.readableFile(fileIndex)
    const { state, content, life } = this
    if (state.kind === 'paused') return 'paused'
    if (state.kind === 'error' || content === null) return 'disk'
    const { downloader, metainfo } = content
    const last = Math.max(0, file.length - 1)
    const piece = metainfo.layout.pieceAt(file.offset + Math.min(position, last))
    if (downloader.isDiskBehind || life.host.noRoom() !== null) return 'disk'
    return downloader.peers.holderCount(piece) === 0 ? 'no_peer_has_it' : 'peers_slow'
  }

  /** What is fetched for a stream at `position` of a file, and what of it is here. */
  ahead(fileIndex: number, position: number): FetchedAhead {
    return fetchedAhead(this.content, this.readableFile(fileIndex), position)
  }

  /** Fetches ranges of a file ahead of need, until the returned function is called. */
  prefetch(fileIndex: number, ranges: readonly ByteRange[]): () => void {
    const file = this.readableFile(fileIndex)
    const { life } = this
    if (life.content !== null) return life.content.reading.prefetch(file, ranges)
    // A torrent that waits for its turn is woken by whoever watches it.
    let release = (): void => {}
    let isReleased = false
    const begin = async (): Promise<void> => {
      const content = await life.wake()
      if (!isReleased) release = content.reading.prefetch(file, ranges)
    }
    if (life.wish === 'download') void begin().catch(() => {})
    return () => {
      isReleased = true
      release()
    }
  }

  /** Throws TorrentError `unknown-file` for what has no bytes of its own, or `resolving`. */
  protected readableFile(index: number): TorrentFile {
    const { state, metainfo } = this
    if (state.kind === 'resolving') {
      throw new TorrentError('resolving', 'the metadata of this torrent is still being resolved')
    }
    if (metainfo === null) {
      throw new TorrentError('unavailable', 'the metadata of this torrent is not known')
    }
    const file = metainfo.files[index]
    if (file === undefined || file.padding || file.symlink !== null) {
      throw new TorrentError('unknown-file', `the torrent has no file ${index}`)
    }
    return file
  }

  async #supply(priority: StreamPriority): Promise<StreamSource> {
    const { reading } = await this.life.wake()
    // Not before the stream is among those that count.
    if (priority === 'viewer') queueMicrotask(() => this.#beWatched())
    return reading.supply
  }

  /** Whoever is streamed is at work, whatever waits before it. */
  #beWatched(): void {
    const { turn, wish, host } = this.life
    if (!turn.hasTurn && wish !== null) host.reviewTurns('now')
  }
}
