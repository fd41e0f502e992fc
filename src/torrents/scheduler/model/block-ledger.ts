import { Bitfield } from '../../pieces/bitfield.ts'
import type { PieceLayout } from '../../pieces/piece-layout.ts'
import { BlockRequest, type RequestPurpose } from './block-request.ts'
import { DownloadingPiece, MISSING, RECEIVED, REQUESTED } from './downloading-piece.ts'
import type { Wire } from './wire.ts'

/** Whoever keeps an order of what is to be asked for must hear what becomes free or taken. */
export interface LedgerObserver {
  /** The block has to be asked for again. */
  unassigned(index: number): void
  /** The piece is no longer untouched. */
  begun(piece: number): void
  /** The piece is untouched again: nothing of it is here or asked for. */
  untouched(piece: number): void
}

/** Which blocks are here, and who has been asked for which of the others. */
export class BlockLedger {
  readonly layout: PieceLayout
  /** Verified pieces. */
  have: Bitfield
  /** Downloading pieces that have blocks which are neither here nor asked for; oldest first. */
  readonly unfinished = new Set<DownloadingPiece>()
  /** Bytes of pieces that the background download has begun. */
  backgroundBytes = 0
  downloadingCount = 0
  /** Requests for blocks that another wire has been asked for, too, second copies aside. */
  duplicateRequests = 0
  readonly #pieces: (DownloadingPiece | null)[]
  readonly #observer: LedgerObserver

  constructor(layout: PieceLayout, observer: LedgerObserver) {
    this.layout = layout
    this.have = new Bitfield(layout.pieceCount)
    this.#pieces = new Array<DownloadingPiece | null>(layout.pieceCount).fill(null)
    this.#observer = observer
  }

  /** `null` where the piece is untouched or verified. */
  downloading(piece: number): DownloadingPiece | null {
    return this.#pieces[piece] ?? null
  }

  isHere(index: number): boolean {
    const piece = this.layout.pieceOf(index)
    if (this.have.has(piece)) return true
    return this.#pieces[piece]?.isHere(index - this.layout.firstBlockOf(piece)) ?? false
  }

  /** Does the piece have blocks that are neither here nor asked for? */
  hasUnassigned(piece: number): boolean {
    if (this.have.has(piece)) return false
    const downloading = this.#pieces[piece]
    return downloading === null || downloading === undefined || downloading.unassigned > 0
  }

  /** First block of `from` to `to` (exclusive), all of one piece, that nobody was asked for; -1: none. */
  nextUnassigned(piece: number, from: number, to: number): number {
    const downloading = this.#pieces[piece]
    if (downloading === null || downloading === undefined) return from < to ? from : -1
    const end = Math.min(to - downloading.firstBlock, downloading.blockCount)
    const first = from - downloading.firstBlock
    const isFromHint = first <= downloading.firstUnassigned
    for (let block = isFromHint ? downloading.firstUnassigned : first; block < end; block++) {
      if (downloading.blocks[block] !== MISSING) continue
      if (isFromHint) downloading.firstUnassigned = block
      return downloading.firstBlock + block
    }
    return -1
  }

  /** First block from `from` on that is not here; `to` where all of them are. */
  firstMissing(from: number, to: number): number {
    const { layout } = this
    let index = from
    while (index < to) {
      const piece = layout.pieceOf(index)
      if (!this.have.has(piece)) {
        const downloading = this.#pieces[piece]
        if (downloading === null || downloading === undefined) return index
        const end = Math.min(to - downloading.firstBlock, downloading.blockCount)
        for (let block = index - downloading.firstBlock; block < end; block++) {
          if (!downloading.isHere(block)) return downloading.firstBlock + block
        }
      }
      index = layout.firstBlockOf(piece + 1)
    }
    return to
  }

  /** First block from `from` on that is neither here nor asked for; `to` where there is none. */
  firstUnassigned(from: number, to: number): number {
    const { layout } = this
    let index = from
    while (index < to) {
      const piece = layout.pieceOf(index)
      if (this.hasUnassigned(piece)) {
        const found = this.nextUnassigned(piece, index, Math.min(to, layout.endBlockOf(piece)))
        if (found >= 0) return found
      }
      index = layout.firstBlockOf(piece + 1)
    }
    return to
  }

  /**
   * First block of `from` to `to` (exclusive) that nobody was asked for and that the wire may be.
   * `accepts` may refuse pieces. -1: none.
   */
  nextFor(wire: Wire, from: number, to: number, accepts?: (piece: number) => boolean): number {
    const { layout } = this
    let index = from
    while (index < to) {
      const piece = layout.pieceOf(index)
      const pieceEnd = Math.min(to, layout.endBlockOf(piece))
      if (
        this.hasUnassigned(piece) &&
        wire.mayServe(piece) &&
        (accepts === undefined || accepts(piece))
      ) {
        while (index < pieceEnd) {
          const found = this.nextUnassigned(piece, index, pieceEnd)
          if (found < 0) break
          if (!wire.avoided.has(found)) return found
          index = found + 1
        }
      }
      index = layout.firstBlockOf(piece + 1)
    }
    return -1
  }

  /** Requests for the block, chained by `nextHolder`. */
  holdersOf(index: number): BlockRequest | null {
    const downloading = this.#pieces[this.layout.pieceOf(index)]
    return downloading?.holders[index - downloading.firstBlock] ?? null
  }

  /** Blocks of `from` to `to` (exclusive) that are not here, as far as whole pieces tell. */
  countMissing(from: number, to: number): number {
    const { layout } = this
    let count = 0
    for (let piece = layout.pieceOf(from); layout.firstBlockOf(piece) < to; piece++) {
      if (this.have.has(piece)) continue
      const inside =
        Math.min(to, layout.endBlockOf(piece)) - Math.max(from, layout.firstBlockOf(piece))
      count += Math.min(inside, this.#pieces[piece]?.missing ?? inside)
    }
    return count
  }

  beginInBackground(piece: number): void {
    const downloading = this.#pieces[piece] ?? this.#begin(piece)
    downloading.isBackground = true
    this.backgroundBytes += downloading.length
  }

  request(wire: Wire, index: number, purpose: RequestPurpose): BlockRequest {
    const piece = this.layout.pieceOf(index)
    const downloading = this.#pieces[piece] ?? this.#begin(piece)
    const block = index - downloading.firstBlock
    const request = new BlockRequest(wire, downloading, block, purpose)
    wire.ask(request)
    downloading.addRequest(request)
    if (purpose !== 'copy' && request.nextHolder !== null) this.duplicateRequests++
    if (downloading.blocks[block] === MISSING) {
      downloading.blocks[block] = REQUESTED
      this.#assigned(downloading)
    }
    return request
  }

  /** Takes a request of the wire back, or notes that it has been answered. */
  drop(wire: Wire, request: BlockRequest): void {
    const { piece, block } = request
    wire.forget(request)
    const downloading = this.#pieces[piece]
    if (downloading === null || downloading === undefined) return
    downloading.removeRequest(request)
    const isHeld = downloading.holders[block] !== null
    if (request.purpose !== 'copy' && isHeld) this.duplicateRequests--
    if (isHeld || downloading.blocks[block] !== REQUESTED) return
    downloading.blocks[block] = MISSING
    this.#unassigned(downloading, block)
    const isUntouched = downloading.requests === 0 && downloading.missing === downloading.blockCount
    if (isUntouched) this.#close(downloading)
  }

  /** A block that was not here has come. Requests for it are still there. */
  received(index: number): void {
    const piece = this.layout.pieceOf(index)
    const downloading = this.#pieces[piece] ?? this.#begin(piece)
    const block = index - downloading.firstBlock
    if (downloading.blocks[block] === MISSING) this.#assigned(downloading)
    downloading.blocks[block] = RECEIVED
    downloading.missing--
  }

  /** The block is not here any more. */
  lost(downloading: DownloadingPiece, block: number): void {
    if (!downloading.isHere(block)) return
    downloading.missing++
    downloading.blocks[block] = downloading.holders[block] === null ? MISSING : REQUESTED
    if (downloading.blocks[block] === MISSING) this.#unassigned(downloading, block)
  }

  /** All blocks of the piece, verified or not, are missing again. */
  failed(piece: number): void {
    if (this.have.has(piece)) {
      this.have.clear(piece)
      this.#observer.untouched(piece)
      for (let block = 0; block < this.layout.blocksIn(piece); block++) {
        this.#observer.unassigned(this.layout.firstBlockOf(piece) + block)
      }
    }
    const downloading = this.#pieces[piece]
    if (downloading === null || downloading === undefined) return
    for (let block = 0; block < downloading.blockCount; block++) this.lost(downloading, block)
    if (downloading.requests === 0) this.#close(downloading)
  }

  /** All blocks of the piece that are here are missing again; false where none was. */
  restart(piece: number): boolean {
    const downloading = this.#pieces[piece]
    if (
      downloading === null ||
      downloading === undefined ||
      downloading.missing === downloading.blockCount
    )
      return false
    for (let block = 0; block < downloading.blockCount; block++) this.lost(downloading, block)
    return true
  }

  /** The piece needs no more blocks; its requests must have been dropped. */
  verified(piece: number): void {
    this.have.set(piece)
    const downloading = this.#pieces[piece]
    if (downloading === null || downloading === undefined) this.#observer.begun(piece)
    else this.#forget(downloading)
  }

  /** These pieces are verified and no others; nothing is being downloaded. Requests must have been dropped. */
  reset(pieces: Uint8Array): void {
    this.have = new Bitfield(this.layout.pieceCount, pieces)
    for (const downloading of this.#pieces) if (downloading !== null) this.#forget(downloading)
  }

  #begin(piece: number): DownloadingPiece {
    const downloading = new DownloadingPiece(this.layout, piece)
    this.#pieces[piece] = downloading
    this.downloadingCount++
    this.unfinished.add(downloading)
    this.#observer.begun(piece)
    return downloading
  }

  #close(downloading: DownloadingPiece): void {
    this.#forget(downloading)
    this.#observer.untouched(downloading.piece)
  }

  #forget(downloading: DownloadingPiece): void {
    this.#pieces[downloading.piece] = null
    this.downloadingCount--
    this.unfinished.delete(downloading)
    if (downloading.isBackground) this.backgroundBytes -= downloading.length
  }

  #assigned(downloading: DownloadingPiece): void {
    downloading.unassigned--
    if (downloading.unassigned > 0) return
    downloading.owner = null
    this.unfinished.delete(downloading)
  }

  #unassigned(downloading: DownloadingPiece, block: number): void {
    downloading.unassigned++
    downloading.firstUnassigned = Math.min(downloading.firstUnassigned, block)
    this.unfinished.add(downloading)
    this.#observer.unassigned(downloading.firstBlock + block)
  }
}
