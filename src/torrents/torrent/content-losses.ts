import type { Logger } from '../../log.ts'
import type { Downloader } from '../download/downloader.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { Bitfield } from '../pieces/bitfield.ts'
import { DiskError } from '../store/disk.ts'
import { type AboutFile, FileError, faultReason } from '../store/file-fault.ts'
import { fileAt, filesWithin } from '../store/file-layout.ts'
import type { PieceStore } from '../store/piece-store.ts'
import type { TorrentStreams } from '../streams/torrent-streams.ts'
import { TorrentError } from '../torrent-error.ts'
import type { ContentFiles } from './content-files.ts'
import type { KeptPieces } from './kept-pieces.ts'

export interface ContentParts {
  readonly metainfo: Metainfo
  readonly have: Bitfield
  readonly files: ContentFiles
  readonly kept: KeptPieces
  readonly downloader: Downloader
  readonly store: PieceStore
  readonly streams: TorrentStreams
  readonly log: Logger
  readonly isClosed: () => boolean
  /** Nothing that is on the disk has to be hashed before it is known. */
  readonly isChecked: () => boolean
  readonly save: () => Promise<void>
  /** What is had is not what it was. */
  readonly onLost: () => void
  /** A file cannot be used from now on. */
  readonly onFault: () => void
}

/** Wrong pieces that are found one after another are told of together; until then they are believed. */
const LOST_AT_ONCE = 32

/**
 * What becomes of pieces when something happens to one of their files: it cannot be used, is gone,
 * is cut short, has been changed by somebody else, or is given up for others. The other files of the torrent go on.
 */
export class ContentLosses {
  readonly #parts: ContentParts
  /** Files that were checked again because somebody had changed them. */
  readonly #rechecked = new Set<number>()

  constructor(parts: ContentParts) {
    this.#parts = parts
  }

  /** One file cannot be used: the others go on. Rejects where all are concerned. */
  async onFault(about: AboutFile, error: DiskError): Promise<void> {
    const { metainfo, files, store, streams, onFault } = this.#parts
    if (!(await files.replace(about, error, store))) return
    const file = metainfo.files[about.file]
    if (file === undefined) return
    const reason = files.faults.get(about.file) ?? error.message
    streams.failFile(file, new TorrentError('unavailable', reason, { cause: error }))
    await this.#loseFile(about.file)
    onFault()
  }

  async onUnreadable(offset: number, error: unknown): Promise<void> {
    if (error instanceof FileError && faultReason(error.code) !== null) {
      const { code, message, about } = error
      // A part that cannot be read costs its pieces, no more.
      await this.onFault(about, new DiskError(code, message, about)).catch(() => {})
    }
    await this.onMissing(offset)
  }

  /** Somebody took a file away or cut it short: what is gone has to be fetched again. */
  async onMissing(offset: number): Promise<void> {
    const { metainfo, files, have, kept, log, isClosed } = this.#parts
    const piece = metainfo.layout.pieceAt(offset)
    const index = fileAt(files.all, offset)
    const path = files.all[index]?.path
    if (isClosed() || !(have.has(piece) || kept.has(piece, index))) return
    const isGone = !(await files.isThere(index))
    log.warn({ piece, path, isGone }, 'stored bytes are gone')
    if (isGone) await this.#loseFile(index)
    else await this.#losePieces([piece], index)
  }

  /**
   * Gives pieces back to the file system; before that, the disk says that they are missing. Rejects with
   * the system's error: then they take up space until they are fetched again. `begun` are not verified,
   * and go along. Returns the bytes of those that were.
   */
  async evict(pieces: readonly number[], begun: readonly number[]): Promise<number> {
    const { metainfo, have, kept, store, downloader, isClosed, onLost, save } = this.#parts
    const evicted = pieces.filter((piece) => have.has(piece))
    if (evicted.length + begun.length === 0 || isClosed()) return 0
    const { layout } = metainfo
    const bytes = evicted.reduce((sum, piece) => sum + layout.lengthOf(piece), 0)
    for (const piece of evicted) {
      have.clear(piece)
      kept.forget(piece)
    }
    onLost()
    await downloader.lost(evicted)
    await save()
    if (isClosed()) return bytes
    // Some may have been fetched again by now.
    await store.free(this.#freeable([...evicted, ...begun]))
    onLost()
    await save()
    return bytes
  }

  /** These, and what else is of no use in their files: of pieces that were begun, or that a kill has left. */
  #freeable(evicted: readonly number[]): readonly number[] {
    const { metainfo, files, have, kept, isChecked } = this.#parts
    const { layout } = metainfo
    const free = new Set(evicted)
    const touched = new Set(
      evicted.flatMap((piece) =>
        filesWithin(files.all, layout.startOf(piece), layout.endOf(piece)),
      ),
    )
    if (isChecked()) {
      for (const file of touched) for (const piece of this.#piecesOf(file)) free.add(piece)
    }
    const isOfNoUse = (piece: number): boolean => !have.has(piece) && !kept.hasSome(piece)
    return [...free].filter(isOfNoUse).sort((a, b) => a - b)
  }

  #loseFile(index: number): Promise<void> {
    return this.#losePieces([...this.#piecesOf(index)], index)
  }

  /** Pieces are not whole any more; the bytes of other files than `index` in them still are. */
  async #losePieces(pieces: readonly number[], index: number): Promise<void> {
    const { metainfo, files, have, kept, downloader, onLost } = this.#parts
    const { faults, all } = files
    const { layout } = metainfo
    const lost: number[] = []
    for (const piece of pieces) {
      kept.forgetFile(piece, index)
      if (!have.has(piece)) continue
      lost.push(piece)
      have.clear(piece)
      const within = filesWithin(all, layout.startOf(piece), layout.endOf(piece))
      const others = within.filter(
        (file) => file !== index && !faults.has(file) && all[file]?.path !== null,
      )
      kept.keep(piece, others)
    }
    if (lost.length === 0) return
    onLost()
    await downloader.lost(lost)
  }

  /** A piece that is believed turns out to be wrong: its files were changed without a trace. */
  onWrong(piece: number): void {
    const { files, metainfo, have } = this.#parts
    if (!have.has(piece)) return
    const { layout } = metainfo
    for (const file of filesWithin(files.all, layout.startOf(piece), layout.endOf(piece))) {
      if (files.all[file]?.path !== null) this.onChanged(file)
    }
  }

  onChanged(file: number): void {
    if (this.#parts.isClosed() || this.#rechecked.has(file)) return
    // Once in a run: file systems there are whose times never stand still.
    this.#rechecked.add(file)
    this.#recheck(file).catch((error: unknown) => {
      this.#parts.log.warn({ err: error }, 'a changed file cannot be checked')
    })
  }

  /** Somebody has changed a file beside us: what of it is not right any more is fetched again. */
  async #recheck(file: number): Promise<void> {
    const { store, files, have, log, isClosed, onLost } = this.#parts
    const path = files.all[file]?.path
    log.warn({ path }, 'a file has been changed by another program')
    await store.trust(file)
    let wrong: number[] = []
    for (const piece of this.#piecesOf(file)) {
      if (isClosed()) return
      if (have.has(piece) && !(await store.check(piece))) wrong.push(piece)
      if (wrong.length < LOST_AT_ONCE) continue
      await this.#losePieces(wrong, file)
      wrong = []
    }
    await this.#losePieces(wrong, file)
    // What is right is believed again from the next save on.
    onLost()
  }

  #piecesOf(index: number): Iterable<number> {
    const { files, layout } = this.#parts.metainfo
    const file = files[index]
    return file === undefined ? [] : layout.piecesWithin(file.offset, file.offset + file.length)
  }
}
