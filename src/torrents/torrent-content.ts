import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Logger } from '../log.ts'
import type { Bitfield } from './bitfield.ts'
import type { ByteRange } from './byte-range.ts'
import { Downloader } from './downloader.ts'
import type { Verification } from './early-serving.ts'
import type { FileSet } from './file-set.ts'
import {
  type Available,
  FileStream,
  type StreamPriority,
  type StreamSource,
} from './file-stream.ts'
import type { Metainfo } from './metainfo.ts'
import { findExisting } from './output-folder.ts'
import { checkPieces } from './piece-check.ts'
import { Selection } from './selection.ts'
import type { AtomicFile } from './state/atomic-file.ts'
import { loadResumeData, markFiles, saveResumeData } from './state/resume-data.ts'
import type { Disk, DiskError } from './store/disk.ts'
import { type StoredFile, storedFiles } from './store/file-layout.ts'
import { PieceStore } from './store/piece-store.ts'
import type { SegmentPool } from './store/segment-pool.ts'
import { TorrentError } from './torrent-error.ts'
import type { TorrentFile } from './torrent-file.ts'
import { TorrentStreams } from './torrent-streams.ts'

export interface ContentOptions {
  readonly metainfo: Metainfo
  readonly outputFolder: string
  readonly onlyFiles: FileSet | null
  readonly resumeFile: AtomicFile
  readonly disk: Disk
  readonly pool: SegmentPool
  readonly verification: Verification
  readonly onDemand: boolean
  readonly log: Logger
  readonly now: () => number
  /** The last selected piece has arrived. */
  readonly onFinished: () => void
  /** Writing fails, or works again. */
  readonly onWritable: (error: DiskError | null) => void
}

/** A torrent whose metadata is known: its files on the disk, and the streams that read them. */
export class TorrentContent implements StreamSource {
  readonly metainfo: Metainfo
  readonly outputFolder: string
  readonly storedFiles: readonly StoredFile[]
  readonly streams: TorrentStreams
  readonly have: Bitfield
  readonly downloader: Downloader
  readonly #options: ContentOptions
  readonly #inDoubt: readonly number[]
  #selection: Selection
  #checkedPieces = 0
  #isClosed = false
  #isDirty = false
  #isFinished = false
  #saving: Promise<void> = Promise.resolve()

  /** Reads what a start knows without hashing. */
  static async open(options: ContentOptions): Promise<TorrentContent> {
    const files = storedFiles(options.metainfo.files, options.outputFolder)
    const { tooLarge } = await findExisting(files)
    if (tooLarge !== null) {
      throw new TorrentError('files-exist', `${tooLarge} is larger than the torrent says`)
    }
    const resumed = await loadResumeData(options.resumeFile, options.metainfo, files)
    return new TorrentContent(options, files, resumed.have, resumed.inDoubt)
  }

  private constructor(
    options: ContentOptions,
    files: readonly StoredFile[],
    have: Bitfield,
    inDoubt: readonly number[],
  ) {
    this.#options = options
    this.metainfo = options.metainfo
    this.outputFolder = options.outputFolder
    this.storedFiles = files
    this.have = have
    this.#inDoubt = inDoubt
    this.#checkedPieces = this.metainfo.pieceCount - inDoubt.length
    this.#selection = new Selection(this.metainfo, options.onlyFiles)
    this.streams = new TorrentStreams(options.now)
    const { metainfo, streams } = this
    const { disk, pool, verification, log, now, onWritable } = options
    const { length, pieceLength, pieceHashes } = metainfo
    this.downloader = new Downloader(
      { metainfo, have, streams, verification, log, now, onPiece: () => this.#onPiece() },
      (events) =>
        new PieceStore({
          ...{ disk, pool, files, length, pieceLength, pieceHashes },
          events: { ...events, writable: onWritable },
        }),
    )
  }

  get selection(): Selection {
    return this.#selection
  }

  /** Of all pieces that are not here, wanted or not. */
  get leftBytes(): number {
    const { length, pieceLength, pieceCount } = this.metainfo
    const lastPieceLength = length - (pieceCount - 1) * pieceLength
    const hasLast = this.have.has(pieceCount - 1)
    const haveBytes = this.have.count * pieceLength - (hasLast ? pieceLength - lastPieceLength : 0)
    return length - haveBytes
  }

  /** Bytes that need no more hashing. */
  get checkedBytes(): number {
    return Math.min(this.#checkedPieces * this.metainfo.pieceLength, this.metainfo.length)
  }

  /** Hashes what is in doubt, first what viewers wait for. */
  async check(): Promise<void> {
    await checkPieces({
      store: this.downloader.store,
      inDoubt: this.#inDoubt,
      urgent: () => this.#windowPieces(),
      isStopped: () => this.#isClosed,
      onChecked: (piece, isValid) => {
        this.#checkedPieces++
        if (!isValid) return
        this.have.set(piece)
        this.#isDirty = true
        this.downloader.found(piece)
      },
    })
  }

  /** Selects what to download; `null` selects everything. */
  select(onlyFiles: FileSet | null): void {
    this.#selection = new Selection(this.metainfo, onlyFiles)
    this.#isFinished = this.#selection.isFinished(this.have)
    this.downloader.select(this.#options.onDemand ? null : this.#selection.pieces.bytes)
  }

  /** Creates the selected files that have no bytes, which no piece would ever create. */
  async createEmptyFiles(): Promise<void> {
    for (const { index, length } of this.metainfo.files) {
      const path = this.storedFiles[index]?.path
      if (length > 0 || path === null || path === undefined) continue
      if (!this.#selection.includes(index)) continue
      await mkdir(dirname(path), { recursive: true })
      await (await open(path, 'a')).close()
    }
  }

  /** False where the byte at `start` of the file is not on the disk. */
  hasStored(file: TorrentFile, start: number): boolean {
    if (start >= file.length) return true
    return this.have.has(Math.floor((file.offset + start) / this.metainfo.pieceLength))
  }

  openStream(
    file: TorrentFile,
    options: { start: number; verifiedOnly: boolean; priority: StreamPriority },
  ): FileStream {
    return new FileStream(this, { ...options, fileOffset: file.offset, length: file.length })
  }

  /** Fetches ranges of a file without reading them, until the returned function is called. */
  prefetch(file: TorrentFile, ranges: readonly ByteRange[]): () => void {
    const windows = ranges.map(({ start, end }) => ({
      start: file.offset + start,
      end: file.offset + Math.min(end + 1, file.length),
    }))
    const release = this.streams.prefetch(windows)
    this.downloader.windowsChanged(true)
    return () => {
      release()
      this.downloader.windowsChanged(true)
    }
  }

  available(stream: FileStream, offset: number, limit: number): Available {
    const { pieceLength } = this.metainfo
    const piece = Math.floor(offset / pieceLength)
    if (this.have.has(piece)) {
      let next = piece + 1
      while (next * pieceLength < offset + limit && this.have.has(next)) next++
      return { kind: 'stored', length: next * pieceLength - offset }
    }
    if (stream.verifiedOnly) return { kind: 'missing' }
    const unverified = this.downloader.unverified(piece, offset - piece * pieceLength)
    if (unverified === null) return { kind: 'missing' }
    stream.unverifiedPieces.add(piece)
    return unverified
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    try {
      const count = await this.downloader.store.read(offset, target)
      if (count < target.length) await this.#lose(offset + count)
      return count
    } catch (error) {
      await this.#lose(offset)
      throw error
    }
  }

  /** Fills `target` with bytes of a verified piece, for a peer. Rejects where they are not here. */
  async readBlock(piece: number, offset: number, target: Uint8Array): Promise<void> {
    const { pieceLength, length: total } = this.metainfo
    const end = offset + target.length
    const isInside = end <= Math.min(pieceLength, total - piece * pieceLength)
    if (!isInside || !this.have.has(piece)) throw new Error(`piece ${piece} is not here`)
    const count = await this.read(piece * pieceLength + offset, target)
    if (count < target.length) throw new Error(`piece ${piece} cannot be read`)
  }

  changed(stream: FileStream, change: Parameters<StreamSource['changed']>[1]): void {
    if (change === 'opened') this.streams.add(stream)
    else if (change === 'closed') this.streams.remove(stream)
    else if (change === 'sought') this.streams.sought(stream)
    else if (change === 'moved') this.streams.wasRead(stream)
    if (this.have.isFull) return
    this.downloader.windowsChanged(change !== 'moved' && change !== 'waiting')
  }

  /** Saves what is known to be on the disk, once it is there; one after another. */
  saveProgress(): Promise<void> {
    const save = (): Promise<void> => this.#saveProgress()
    this.#saving = this.#saving.then(save, save)
    return this.#saving
  }

  /** Ends streams with `error`, saves, and frees files and memory. */
  async close(error: TorrentError): Promise<void> {
    this.#isClosed = true
    this.streams.failAll(error)
    this.downloader.attach(null)
    try {
      await this.saveProgress()
    } finally {
      await this.downloader.close()
    }
  }

  async #saveProgress(): Promise<void> {
    if (!this.#isDirty) return
    this.#isDirty = false
    const pieces = this.have.bytes.slice()
    try {
      await this.downloader.store.sync()
      await saveResumeData(this.#options.resumeFile, pieces, await markFiles(this.storedFiles))
    } catch (error) {
      this.#isDirty = true
      throw error
    }
  }

  #onPiece(): void {
    this.#isDirty = true
    if (this.#isFinished || !this.#selection.isFinished(this.have)) return
    this.#isFinished = true
    this.#options.onFinished()
  }

  /** Somebody took a file away or cut it short: what is gone has to be fetched again. */
  async #lose(offset: number): Promise<void> {
    const { pieceLength } = this.metainfo
    const piece = Math.floor(offset / pieceLength)
    if (this.#isClosed || !this.have.has(piece)) return
    const file = this.storedFiles.find((stored) => offset < stored.offset + stored.length)
    const isGone = file !== undefined && (await findExisting([file])).existing === null
    const end = isGone ? file.offset + file.length : offset + 1
    const start = isGone ? file.offset : offset
    for (let lost = Math.floor(start / pieceLength); lost * pieceLength < end; lost++) {
      this.have.clear(lost)
    }
    this.#options.log.warn({ piece, path: file?.path, isGone }, 'stored bytes are gone')
    this.#isDirty = true
    await this.downloader.lost(piece)
  }

  *#windowPieces(): Iterable<number> {
    for (const { start, end } of this.streams.windows()) {
      const last = Math.floor((end - 1) / this.metainfo.pieceLength)
      for (let piece = Math.floor(start / this.metainfo.pieceLength); piece <= last; piece++) {
        yield piece
      }
    }
  }
}
