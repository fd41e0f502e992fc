import { BLOCK_LENGTH } from '../pieces/block.ts'
import type { PieceLayout } from '../pieces/piece-layout.ts'
import type { Disk, DiskJob } from './disk.ts'
import { holesOf, type StoredFile } from './file-layout.ts'
import { type FileMark, packMarks } from './file-mark.ts'
import type { SyncedFile } from './file-watch.ts'
import { OpenFiles } from './open-files.ts'
import { packFiles } from './packed-files.ts'
import { PartialPiece, type PieceSegment, type Run, SEGMENT_BYTES } from './partial-piece.ts'
import { type JobEvents, PersistentJobs } from './persistent-jobs.ts'
import type { SegmentPool } from './segment-pool.ts'

/** Unwritten bytes above which no more are asked for. */
const BACKPRESSURE_BYTES = 4 * 1024 * 1024

export interface PieceStoreEvents extends JobEvents {
  verified(piece: number): void
  /** The piece's hash is wrong; its blocks are gone. `digests` tells the blocks apart. */
  failed(piece: number, digests: Float64Array): void
  /** Blocks of a piece arrive: what is on the disk of it will be written over. */
  began?(piece: number): void
  /** Too much waits to be written, or no longer so. */
  backpressure(isFull: boolean): void
}

export interface PieceStoreOptions {
  readonly disk: Disk
  readonly pool: SegmentPool
  /** The folder that no symbolic link may lead out of. */
  readonly root: string
  readonly files: readonly StoredFile[]
  /** How the files looked when their pieces were verified. */
  readonly marks?: readonly FileMark[]
  readonly layout: PieceLayout
  readonly pieceHashes: Uint8Array
  readonly events: PieceStoreEvents
}

/** The bytes of one torrent: blocks on their way to the disk, and the pieces that are there. */
export class PieceStore {
  readonly #options: PieceStoreOptions
  /** The number of the disk worker's own end of this; `null` until it has something to do. */
  #opened: number | null = null
  readonly #files: StoredFile[]
  readonly #openFiles: OpenFiles
  readonly #partials = new Map<number, PartialPiece>()
  /** Segments with memory, least recently filled first. */
  readonly #filling = new Set<PieceSegment>()
  readonly #owners = new WeakMap<PieceSegment, PartialPiece>()
  #unwrittenBytes = 0
  #isFull = false
  readonly #jobs: PersistentJobs
  #isClosed = false

  constructor(options: PieceStoreOptions) {
    this.#options = options
    this.#files = [...options.files]
    this.#openFiles = new OpenFiles(options.root, this.#files)
    this.#jobs = new PersistentJobs(options.disk, options.events)
  }

  get #store(): number {
    const { disk, root, marks = [], layout, pieceHashes } = this.#options
    const { length, pieceLength } = layout
    this.#opened ??= disk.open({
      ...{ root, length, pieceLength, pieceHashes },
      files: packFiles(this.#files),
      marks: packMarks(marks),
    })
    return this.#opened
  }

  /** False where the block is there already. `offset` is a multiple of 16 KiB. */
  addBlock(piece: number, offset: number, data: Uint8Array): boolean {
    if (this.#isClosed) return false
    const segment = this.#partialFor(piece).segmentAt(offset)
    const within = offset % SEGMENT_BYTES
    if (segment === undefined || segment.has(within)) return false
    this.#attachMemory(segment)
    segment.put(within, data)
    this.#filling.delete(segment)
    if (segment.isComplete) this.#write(segment)
    else this.#filling.add(segment)
    return true
  }

  /**
   * Forgets a block that is doubted, so that another may come in its place. False where it is missing, or just now
   * being written or hashed.
   */
  dropBlock(piece: number, offset: number): boolean {
    const partial = this.#partials.get(piece)
    const segment = partial?.segmentAt(offset)
    if (partial?.isBeingVerified || !segment?.drop(offset % SEGMENT_BYTES)) return false
    if (!segment.hasUnwritten) {
      this.#filling.delete(segment)
      this.#freeMemory(segment)
    }
    return true
  }

  hasBlock(piece: number, offset: number): boolean {
    return this.#partials.get(piece)?.has(offset) ?? false
  }

  /** The bytes of a received block from `offset` to its end, or `null` once they are on the disk. */
  unverifiedBytes(piece: number, offset: number): Uint8Array | null {
    const segment = this.#partials.get(piece)?.segmentAt(offset)
    const within = offset % SEGMENT_BYTES
    const block = segment?.bytesAt(within - (within % BLOCK_LENGTH)) ?? null
    return block?.subarray(offset % BLOCK_LENGTH) ?? null
  }

  /** Writes what waits for more of its piece: nothing more comes for now, and others need the memory. */
  flush(): void {
    for (const segment of [...this.#filling]) {
      this.#filling.delete(segment)
      this.#write(segment)
    }
  }

  /** Throws away what has arrived of a piece. */
  discard(piece: number): void {
    const partial = this.#partials.get(piece)
    if (partial === undefined) return
    this.#partials.delete(piece)
    for (const segment of partial.segments) {
      this.#filling.delete(segment)
      segment.abandon()
      this.#freeMemory(segment)
    }
  }

  /** Reads verified bytes; fewer than asked where a file has been cut short. */
  read(offset: number, target: Uint8Array): Promise<number> {
    return this.#openFiles.read(offset, target)
  }

  /** Hashes a piece on the disk. Rejects with DiskError. */
  async check(piece: number): Promise<boolean> {
    const outcome = await this.#jobs.run({ kind: 'check', store: this.#store, piece })
    return outcome.kind === 'verified' && outcome.isValid
  }

  /** One number per 16 KiB block of a piece on the disk; equal numbers mean equal bytes. */
  async blockDigests(piece: number): Promise<Float64Array> {
    const outcome = await this.#options.disk.run({ kind: 'digest', store: this.#store, piece })
    return outcome.kind === 'verified' && outcome.digests !== null
      ? outcome.digests
      : new Float64Array()
  }

  /** Lets go of open files: they may have been replaced or deleted. */
  async reopen(): Promise<void> {
    for (const index of this.#files.keys()) this.#openFiles.forget(index)
    if (this.#opened !== null) await this.#options.disk.run({ kind: 'reopen', store: this.#store })
  }

  /**
   * Resolves when all that was written before is safe from a power cut, with how our writes since
   * the last call have left the files.
   */
  async sync(): Promise<readonly SyncedFile[]> {
    if (this.#opened === null) return []
    const outcome = await this.#options.disk.run({ kind: 'sync', store: this.#store })
    return outcome.kind === 'synced' ? outcome.files : []
  }

  /** Another path is used for a file from now on; what was written to the old stays there. */
  async place(file: number, stored: StoredFile): Promise<void> {
    this.#files[file] = stored
    this.#openFiles.forget(file)
    if (this.#opened !== null)
      await this.#options.disk.run({ kind: 'place', store: this.#store, file, stored })
  }

  /** Creates a file that has no bytes. Rejects with DiskError. */
  async create(file: number): Promise<void> {
    await this.#jobs.run({ kind: 'create', store: this.#store, file })
  }

  /**
   * Gives the bytes of pieces back to the file system; those of which blocks are arriving stay.
   * Rejects with DiskError.
   */
  async free(pieces: readonly number[]): Promise<void> {
    const { disk, layout } = this.#options
    const free = pieces.filter((piece) => !this.#partials.has(piece))
    const store = this.#store
    // All at once: what is written from now on comes after them.
    const jobs = [...holesOf(this.#files, layout, free)].map(async ([file, holes]) => {
      await disk.run({ kind: 'free', store, file, holes })
      // It may be another file by now.
      this.#openFiles.forget(file)
    })
    await Promise.all(jobs)
  }

  /** Takes a file for verified as it is now: its pieces are about to be checked again. */
  async trust(file: number): Promise<void> {
    this.#openFiles.forget(file)
    if (this.#opened !== null)
      await this.#options.disk.run({ kind: 'trust', store: this.#store, file })
  }

  /** Frees files and memory; blocks of unfinished pieces that are not written are dropped. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#jobs.close()
    for (const piece of [...this.#partials.keys()]) this.discard(piece)
    if (this.#opened !== null) await this.#options.disk.run({ kind: 'close', store: this.#store })
    await this.#openFiles.close()
  }

  /** Tries failed writes again now. */
  retry(): void {
    this.#jobs.retry()
  }

  #partialFor(piece: number): PartialPiece {
    const known = this.#partials.get(piece)
    if (known !== undefined) return known
    const partial = new PartialPiece(piece, this.#options.layout.lengthOf(piece))
    for (const segment of partial.segments) this.#owners.set(segment, partial)
    this.#partials.set(piece, partial)
    this.#options.events.began?.(piece)
    return partial
  }

  #attachMemory(segment: PieceSegment): void {
    if (segment.memory !== null) return
    if (this.#options.pool.isFull) {
      const [oldest] = this.#filling
      if (oldest !== undefined) {
        this.#filling.delete(oldest)
        this.#write(oldest)
      }
    }
    segment.memory = this.#options.pool.take(segment.length)
  }

  #write(segment: PieceSegment): void {
    const partial = this.#owners.get(segment)
    if (partial === undefined) return
    for (const run of segment.takeRuns()) void this.#writeRun(partial, run)
  }

  async #writeRun(partial: PartialPiece, run: Run): Promise<void> {
    this.#countUnwritten(run.data.length)
    const piece = partial.index
    const { offset, data } = run
    const job: DiskJob = { kind: 'write', store: this.#store, piece, offset, data }
    const isWritten = await this.#jobs.persist(job, () => this.#isCurrent(partial))
    this.#countUnwritten(-run.data.length)
    run.segment.written(run)
    this.#freeMemory(run.segment)
    if (isWritten && this.#isCurrent(partial) && partial.isOnDisk) await this.#verify(partial)
  }

  async #verify(partial: PartialPiece): Promise<void> {
    const { index: piece } = partial
    partial.isBeingVerified = true
    const job: DiskJob = { kind: 'verify', store: this.#store, piece }
    const outcome = await this.#jobs.persist(job, () => this.#isCurrent(partial))
    if (outcome === null || outcome.kind !== 'verified' || !this.#isCurrent(partial)) return
    this.#partials.delete(piece)
    if (outcome.isValid) this.#options.events.verified(piece)
    else this.#options.events.failed(piece, outcome.digests ?? new Float64Array())
  }

  /** False where the piece was discarded: to write it later would spoil what has come since. */
  #isCurrent(partial: PartialPiece): boolean {
    return this.#partials.get(partial.index) === partial
  }

  #countUnwritten(bytes: number): void {
    this.#unwrittenBytes += bytes
    const isFull = this.#unwrittenBytes > BACKPRESSURE_BYTES
    if (isFull === this.#isFull) return
    this.#isFull = isFull
    this.#options.events.backpressure(isFull)
  }

  #freeMemory(segment: PieceSegment): void {
    const memory = segment.detach()
    if (memory !== null) this.#options.pool.release(memory)
  }
}
