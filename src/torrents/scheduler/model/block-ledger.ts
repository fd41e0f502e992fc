import { Bitfield } from '../../pieces/bitfield.ts'
import type { PieceLayout } from '../../pieces/piece-layout.ts'
import { BlockRequest, type RequestPurpose } from './block-request.ts'
import { MISSING, OpenPiece, RECEIVED, REQUESTED } from './downloading-piece.ts'
import type { Wire } from './wire.ts'

/** Whoever keeps an order of what is to be asked for must hear what becomes free or taken. */
export interface LedgerObserver {
  /** The block has to be asked for again. */
  unassigned(index: number): void
  /** The piece is no longer untouched. */
  opened(piece: number): void
  /** The piece is untouched again: nothing of it is here or asked for. */
  untouched(piece: number): void
}

/** Which blocks are here, and who has been asked for which of the others. */
export class BlockLedger {
  readonly layout: PieceLayout
  /** Verified pieces. */
  have: Bitfield
  /** Open pieces that have blocks which are neither here nor asked for; oldest first. */
  readonly unfinished = new Set<OpenPiece>()
  /** Bytes of pieces that the background download has opened. */
  backgroundBytes = 0
  openCount = 0
  /** Requests for blocks that another wire has been asked for, too, second copies aside. */
  duplicateRequests = 0
  readonly #pieces: (OpenPiece | null)[]
  readonly #observer: LedgerObserver

  constructor(layout: PieceLayout, observer: LedgerObserver) {
    this.layout = layout
    this.have = new Bitfield(layout.pieceCount)
    this.#pieces = new Array<OpenPiece | null>(layout.pieceCount).fill(null)
    this.#observer = observer
  }

  openPiece(piece: number): OpenPiece | null {
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
    const open = this.#pieces[piece]
    return open === null || open === undefined || open.unassigned > 0
  }

  /** First block of `from` to `to` (exclusive), all of one piece, that nobody was asked for; -1: none. */
  nextUnassigned(piece: number, from: number, to: number): number {
    const open = this.#pieces[piece]
    if (open === null || open === undefined) return from < to ? from : -1
    const end = Math.min(to - open.firstBlock, open.blockCount)
    const first = from - open.firstBlock
    const isFromHint = first <= open.firstUnassigned
    for (let block = isFromHint ? open.firstUnassigned : first; block < end; block++) {
      if (open.states[block] !== MISSING) continue
      if (isFromHint) open.firstUnassigned = block
      return open.firstBlock + block
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
        const open = this.#pieces[piece]
        if (open === null || open === undefined) return index
        const end = Math.min(to - open.firstBlock, open.blockCount)
        for (let block = index - open.firstBlock; block < end; block++) {
          if (!open.isHere(block)) return open.firstBlock + block
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

  openInBackground(piece: number): void {
    const open = this.#pieces[piece] ?? this.#open(piece)
    open.isBackground = true
    this.backgroundBytes += open.length
  }

  request(wire: Wire, index: number, purpose: RequestPurpose, now: number): BlockRequest {
    const piece = this.layout.pieceOf(index)
    const open = this.#pieces[piece] ?? this.#open(piece)
    const block = index - open.firstBlock
    const request = new BlockRequest(wire, open, block, purpose, now)
    wire.queue.push(request)
    request.nextHolder = open.holders[block] ?? null
    open.holders[block] = request
    if (purpose !== 'copy' && request.nextHolder !== null) this.duplicateRequests++
    open.requests++
    if (open.states[block] === MISSING) {
      open.states[block] = REQUESTED
      this.#assigned(open)
    }
    return request
  }

  /** Takes a request back, or notes that it has been answered. */
  drop(request: BlockRequest): void {
    const { piece, block, wire } = request
    wire.queue.remove(request)
    const first = piece.holders[block] ?? null
    if (first === request) piece.holders[block] = request.nextHolder
    else {
      let holder = first
      while (holder !== null && holder.nextHolder !== request) holder = holder.nextHolder
      if (holder !== null) holder.nextHolder = request.nextHolder
    }
    request.nextHolder = null
    piece.requests--
    if (request.purpose !== 'copy' && piece.holders[block] !== null) this.duplicateRequests--
    if (piece.holders[block] !== null || piece.states[block] !== REQUESTED) return
    piece.states[block] = MISSING
    this.#unassigned(piece, block)
    if (piece.requests === 0 && piece.missing === piece.blockCount) this.#close(piece)
  }

  /** A block that was not here has come. Requests for it are still there. */
  received(index: number): void {
    const piece = this.layout.pieceOf(index)
    const open = this.#pieces[piece] ?? this.#open(piece)
    const block = index - open.firstBlock
    if (open.states[block] === MISSING) this.#assigned(open)
    open.states[block] = RECEIVED
    open.missing--
  }

  /** The block is not here any more. */
  lost(open: OpenPiece, block: number): void {
    if (!open.isHere(block)) return
    open.missing++
    open.states[block] = open.holders[block] === null ? MISSING : REQUESTED
    if (open.states[block] === MISSING) this.#unassigned(open, block)
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
    const open = this.#pieces[piece]
    if (open === null || open === undefined) return
    for (let block = 0; block < open.blockCount; block++) this.lost(open, block)
    if (open.requests === 0) this.#close(open)
  }

  /** All blocks of the piece that are here are missing again; false where none was. */
  restart(piece: number): boolean {
    const open = this.#pieces[piece]
    if (open === null || open === undefined || open.missing === open.blockCount) return false
    for (let block = 0; block < open.blockCount; block++) this.lost(open, block)
    return true
  }

  /** The piece needs no more blocks; its requests must have been dropped. */
  verified(piece: number): void {
    this.have.set(piece)
    const open = this.#pieces[piece]
    if (open === null || open === undefined) this.#observer.opened(piece)
    else this.#forget(open)
  }

  /** These pieces are verified and no others; nothing is open. Requests must have been dropped. */
  reset(pieces: Uint8Array): void {
    this.have = new Bitfield(this.layout.pieceCount, pieces)
    for (const open of this.#pieces) if (open !== null) this.#forget(open)
  }

  #open(piece: number): OpenPiece {
    const open = new OpenPiece(this.layout, piece)
    this.#pieces[piece] = open
    this.openCount++
    this.unfinished.add(open)
    this.#observer.opened(piece)
    return open
  }

  #close(open: OpenPiece): void {
    this.#forget(open)
    this.#observer.untouched(open.piece)
  }

  #forget(open: OpenPiece): void {
    this.#pieces[open.piece] = null
    this.openCount--
    this.unfinished.delete(open)
    if (open.isBackground) this.backgroundBytes -= open.length
  }

  #assigned(open: OpenPiece): void {
    open.unassigned--
    if (open.unassigned > 0) return
    open.owner = null
    this.unfinished.delete(open)
  }

  #unassigned(open: OpenPiece, block: number): void {
    open.unassigned++
    open.firstUnassigned = Math.min(open.firstUnassigned, block)
    this.unfinished.add(open)
    this.#observer.unassigned(open.firstBlock + block)
  }
}
