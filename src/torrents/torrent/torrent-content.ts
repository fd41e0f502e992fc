import { wallClock } from '../../clock.ts'
import { nextTurn } from '../../concurrency/next-turn.ts'
import { storing } from '../../storage-error.ts'
import { Downloader } from '../download/downloader.ts'
import type { FileSet } from '../metainfo/file-set.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { Selection } from '../metainfo/selection.ts'
import type { Bitfield } from '../pieces/bitfield.ts'
import { BlockProvenance } from '../pieces/block-provenance.ts'
import { BlockScheduler } from '../scheduler/scheduler.ts'
import type { ResumedPieces } from '../state/resume-data.ts'
import { PieceStore } from '../store/piece-store.ts'
import { TorrentStreams } from '../streams/torrent-streams.ts'
import type { TorrentError } from '../torrent-error.ts'
import { ContentCheck } from './content-check.ts'
import type { ContentFiles } from './content-files.ts'
import { ContentLosses } from './content-losses.ts'
import type { ContentOptions, LookedAtFiles } from './content-options.ts'
import { ContentProgress } from './content-progress.ts'
import { ContentReading } from './content-reading.ts'
import type { Holdings } from './holdings.ts'
import { KeptPieces } from './kept-pieces.ts'
import { LastUse } from './last-use.ts'
import { samplePieces } from './resume-samples.ts'
import { UsableSelection } from './usable-selection.ts'

/** A torrent whose metadata is known: its files on the disk, and the streams that read them. */
export class TorrentContent implements Holdings {
  readonly metainfo: Metainfo
  readonly outputFolder: string
  readonly streams: TorrentStreams
  readonly have: Bitfield
  readonly downloader: Downloader
  readonly store: PieceStore
  readonly #options: ContentOptions
  readonly #files: ContentFiles
  readonly kept: KeptPieces
  readonly lastUse: LastUse
  readonly reading: ContentReading
  readonly #losses: ContentLosses
  readonly #progress: ContentProgress
  readonly #check: ContentCheck
  readonly #selection: UsableSelection
  #isSelecting = false
  #isClosed = false
  #isFinished = false

  /** Goes on from what a start knows without hashing. */
  static async of(
    options: ContentOptions,
    { files, resumed }: LookedAtFiles,
  ): Promise<TorrentContent> {
    const selection = new Selection(options.metainfo, options.onlyFiles)
    // With a hundred thousand files each of these takes a while.
    await nextTurn()
    return new TorrentContent(options, files, resumed, selection)
  }

  private constructor(
    options: ContentOptions,
    files: ContentFiles,
    { have, kept, inDoubt, lastUse }: ResumedPieces,
    selection: Selection,
  ) {
    this.#options = options
    this.metainfo = options.metainfo
    this.outputFolder = options.outputFolder
    this.#files = files
    this.have = have
    this.kept = new KeptPieces(kept)
    this.lastUse = new LastUse(wallClock, this.metainfo.pieceCount, lastUse)
    this.#selection = new UsableSelection(this.metainfo, selection, () => files.faults)
    this.streams = new TorrentStreams(() => options.clock.now())
    const { metainfo, streams } = this
    const { disk, pool, root, verification, log, clock, joinBackground, joinRoom, onWritable } =
      options
    const { layout, pieceHashes } = metainfo
    this.store = new PieceStore({
      ...{ disk, pool, root, layout, pieceHashes },
      ...{ files: files.all, marks: files.marks },
      events: {
        verified: (piece) => this.downloader.storeListener.verified(piece),
        failed: (piece, digests) => this.downloader.storeListener.failed(piece, digests),
        backpressure: (isFull) => this.downloader.storeListener.backpressure(isFull),
        // Whether writing works is a matter of those that come after it.
        writable: (error) => {
          if (!this.#isClosed) onWritable(error)
        },
        began: (piece) => this.kept.forget(piece),
        fault: (about, error) => this.#losses.onFault(about, error),
      },
    })
    const { store } = this
    this.#check = new ContentCheck({
      ...{ layout, store, have, inDoubt },
      samples: samplePieces({ layout, files: files.all, have, random: Math.random }),
      urgent: () => this.#windowPieces(),
      isClosed: () => this.#isClosed,
      onFound: (piece) => this.#onFound(piece),
      onWrong: (piece) => this.#losses.onWrong(piece),
    })
    const provenance = new BlockProvenance(layout, verification)
    const throttle = options.downloads.join({ onTurn: () => this.downloader.onTurn() })
    const random = Math.random
    const scheduler = new BlockScheduler({ layout, provenance, random, budget: throttle })
    this.downloader = new Downloader({
      ...{ metainfo, have, streams, provenance, log, clock, store, scheduler },
      ...{ joinBackground, throttle, ...(joinRoom && { joinRoom }) },
      onPiece: (piece) => this.#onPiece(piece),
    })
    const { downloader } = this
    this.#progress = new ContentProgress({
      ...{ have, files, store, kept: this.kept, lastUse: this.lastUse },
      onDemand: options.onDemand,
      onChanged: (file) => this.#losses.onChanged(file),
    })
    this.#losses = new ContentLosses({
      ...{ metainfo, have, files, kept: this.kept, downloader, store, streams, log },
      isClosed: () => this.#isClosed,
      isChecked: () => this.#check.isDone,
      save: () => this.saveProgress(),
      onLost: () => this.#onLost(),
      onFault: () => this.#onFault(),
    })
    this.reading = new ContentReading({
      ...{ metainfo, have, files, kept: this.kept, lastUse: this.lastUse },
      ...{ streams, downloader, store, provenance, losses: this.#losses },
    })
  }

  /** Why files cannot be used, by index; all others are not affected. */
  get fileFaults(): ReadonlyMap<number, string> {
    return this.#files.faults
  }

  /** Nobody reads or is about to, and nothing is on its way to the disk. */
  get isIdle(): boolean {
    return this.streams.isIdle
  }

  /** Pieces that have to be hashed before they are believed. */
  get isInDoubt(): boolean {
    return this.#check.isWanted
  }

  get selection(): Selection {
    return this.#selection.selected
  }

  /** Of all pieces that are not here, wanted or not. */
  get leftBytes(): number {
    const { layout } = this.metainfo
    const hasLast = this.have.has(layout.pieceCount - 1)
    return layout.length - layout.lengthOfAll(this.have.count, { hasLast })
  }

  /** Bytes that need no more hashing. */
  get checkedBytes(): number {
    return this.#check.checkedBytes
  }

  /** Hashes what is in doubt, first what viewers wait for. */
  check(): Promise<void> {
    return this.#check.checkDoubtful()
  }

  /**
   * Hashes a few of the pieces that are believed by the look of their files; a file with a wrong one is
   * checked whole. Rejects with DiskError where they cannot be read.
   */
  checkSamples(): Promise<void> {
    return this.#check.checkSamples()
  }

  /** Selects what to download; `null` selects everything. */
  select(onlyFiles: FileSet | null): void {
    this.#selection.select(onlyFiles)
    this.#isSelecting = true
    this.#selectUsable()
  }

  /** Creates the selected files that have no bytes, which no piece would ever create. */
  async createEmptyFiles(): Promise<void> {
    const missing = await this.#files.missingEmptyFiles((index) => this.selection.includes(index))
    for (const index of missing) {
      if (this.#isClosed) return
      const path = this.#files.all[index]?.path ?? ''
      await storing({ what: 'an empty file', path }, () => this.store.create(index))
    }
  }

  /** Pieces that a stream wants, here or not. */
  get wantedPieces(): ReadonlySet<number> {
    return new Set(this.#windowPieces())
  }

  /**
   * Gives pieces back to the file system that no stream wants, those that were begun as well, and says so
   * on the disk before. Returns how many bytes of verified pieces it were. Rejects with the system's
   * error: then they are still here, or take up space until they are fetched again.
   */
  async evict(pieces: readonly number[]): Promise<number> {
    const wanted = this.wantedPieces
    const begun = this.downloader.granted.giveUp()
    const unwanted = pieces.filter((piece) => !wanted.has(piece))
    const freed = await this.#losses.evict(unwanted, begun)
    this.downloader.granted.freed(begun)
    return freed
  }

  /** Saves what is known to be on the disk, once it is there; one after another. */
  saveProgress(): Promise<void> {
    return this.#progress.save()
  }

  /** Ends streams with `error`, saves, and frees files and memory. */
  async close(error: TorrentError): Promise<void> {
    this.#isClosed = true
    this.streams.end(error)
    this.downloader.attach(null)
    try {
      await this.saveProgress()
    } finally {
      await this.downloader.close()
    }
  }

  /** A piece that was in doubt is right. */
  #onFound(piece: number): void {
    this.have.set(piece)
    this.kept.forget(piece)
    this.#progress.changed()
    this.downloader.found(piece)
  }

  #onPiece(piece: number): void {
    this.#progress.changed()
    this.lastUse.mark(piece, piece)
    if (this.#isFinished || !this.#selection.usable.isFinished(this.have)) return
    this.#isFinished = true
    this.#options.onFinished()
  }

  #onLost(): void {
    this.#progress.changed()
    this.#isFinished = false
  }

  #onFault(): void {
    if (this.#isSelecting) this.#selectUsable()
    this.#options.onFault?.()
  }

  #selectUsable(): void {
    const { usable } = this.#selection
    this.#isFinished = usable.isFinished(this.have)
    this.downloader.select(this.#options.onDemand ? null : usable.pieceBytes(this.metainfo))
  }

  *#windowPieces(): Iterable<number> {
    for (const { start, end } of this.streams.windows()) {
      yield* this.metainfo.layout.piecesWithin(start, end)
    }
  }
}
