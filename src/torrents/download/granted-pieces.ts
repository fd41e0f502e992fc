import type { Bitfield } from '../pieces/bitfield.ts'
import type { PieceLayout } from '../pieces/piece-layout.ts'
import type { StreamWindow } from '../scheduler/model/stream-window.ts'
import type { BlockScheduler } from '../scheduler/scheduler.ts'
import type { RoomShare } from './disk-room.ts'
import type { BlockStore } from './ports.ts'

export interface GrantedPiecesOptions {
  readonly layout: PieceLayout
  readonly have: Bitfield
  readonly room: RoomShare
  readonly scheduler: Pick<BlockScheduler, 'missingBlocks' | 'pieceGivenUp'>
  readonly store: Pick<BlockStore, 'discard'>
  /** Of all streams, as far as each reaches without a quota. */
  readonly windows: () => readonly StreamWindow[]
}

/** How far the window of a stream may be fetched, and its first piece that has not been looked at. */
interface Cursor {
  readonly window: StreamWindow
  piece: number
  end: number
  isOpen: boolean
}

/**
 * The pieces that a quota has room for though they are not here yet. Windows are cut before the first piece
 * that has none, so that nothing else is ever asked for.
 */
export class GrantedPieces {
  readonly #options: GrantedPiecesOptions
  readonly #granted = new Set<number>()
  /** On the disk still, though nobody wants them. */
  readonly #givenUp = new Set<number>()

  constructor(options: GrantedPiecesOptions) {
    this.#options = options
  }

  /** As far as there is room; what nobody wants any more gives its room back. */
  cut(windows: readonly StreamWindow[]): readonly StreamWindow[] {
    const { layout, room } = this.#options
    room.setReaders(windows.filter(({ priority }) => priority !== 'prefetch').length)
    if (!Number.isFinite(room.reachBytes)) {
      this.#giveBack([...this.#granted], this.#granted)
      return windows
    }
    const reached = this.#within(windows)
    this.#releaseOthers(this.#piecesOf(reached))
    const cursors = reached.map(
      (window): Cursor => ({
        ...{ window, piece: layout.pieceAt(window.start), end: window.start },
        isOpen: window.start < window.end,
      }),
    )
    // A piece for each in turn: nobody takes all there is.
    while (cursors.some(({ isOpen }) => isOpen)) {
      for (const cursor of cursors) if (cursor.isOpen) this.#step(cursor)
    }
    return cursors.flatMap(({ window, end }) => (end > window.start ? [cutAt(window, end)] : []))
  }

  /** Forgets pieces that were begun and that nobody wants any more; each keeps its room until it is `freed`. */
  giveUp(): readonly number[] {
    if (this.#granted.size === 0) return []
    const { scheduler, store, windows } = this.#options
    const wanted = this.#piecesOf(windows())
    // What is whole is about to be verified, and can be freed like any other then.
    const unwanted = [...this.#granted].filter(
      (piece) => !wanted.has(piece) && scheduler.missingBlocks(piece) !== 0,
    )
    for (const piece of unwanted) {
      this.#granted.delete(piece)
      this.#givenUp.add(piece)
      scheduler.pieceGivenUp(piece)
      store.discard(piece)
    }
    return unwanted
  }

  verified(piece: number): void {
    const { layout, room } = this.#options
    if (this.#granted.delete(piece)) room.stored(layout.lengthOf(piece))
  }

  /** What was given up is not on the disk any more. */
  freed(pieces: readonly number[]): void {
    this.#giveBack(pieces, this.#givenUp)
  }

  /** False for what came late: it was taken back with the room for it. */
  covers(piece: number): boolean {
    const { have, room } = this.#options
    return this.#granted.has(piece) || have.has(piece) || !Number.isFinite(room.reachBytes)
  }

  close(): void {
    this.#giveBack([...this.#granted], this.#granted)
    this.#giveBack([...this.#givenUp], this.#givenUp)
    this.#options.room.leave()
  }

  /** As far as each may reach now that others share the quota. */
  #within(windows: readonly StreamWindow[]): readonly StreamWindow[] {
    const { layout, room } = this.#options
    if (!Number.isFinite(room.reachBytes)) return windows
    return windows.map((window) => {
      if (window.priority === 'prefetch') return window
      // Without its first piece it would not go on.
      const least = layout.endOf(layout.pieceAt(window.start))
      return cutAt(window, Math.max(least, window.start + room.reachBytes))
    })
  }

  #step(cursor: Cursor): void {
    const { layout } = this.#options
    const { window, piece } = cursor
    if (!this.#grant(piece)) {
      cursor.isOpen = false
      return
    }
    cursor.end = Math.min(window.end, layout.endOf(piece))
    cursor.piece++
    cursor.isOpen = cursor.end < window.end
  }

  #grant(piece: number): boolean {
    const { layout, have, room } = this.#options
    if (have.has(piece) || this.#granted.has(piece)) return true
    if (!room.take(layout.lengthOf(piece))) return false
    this.#granted.add(piece)
    return true
  }

  #releaseOthers(wanted: ReadonlySet<number>): void {
    const { scheduler } = this.#options
    const others = [...this.#granted].filter((piece) => !wanted.has(piece))
    this.#giveBack(
      others.filter((piece) => scheduler.missingBlocks(piece) === null),
      this.#granted,
    )
  }

  #giveBack(pieces: readonly number[], held: Set<number>): void {
    const { layout, room } = this.#options
    for (const piece of pieces) if (held.delete(piece)) room.giveBack(layout.lengthOf(piece))
  }

  #piecesOf(windows: readonly StreamWindow[]): ReadonlySet<number> {
    const { layout } = this.#options
    const pieces = new Set<number>()
    for (const { start, end } of windows) {
      for (const piece of layout.piecesWithin(start, end)) pieces.add(piece)
    }
    return pieces
  }
}

function cutAt(window: StreamWindow, end: number): StreamWindow {
  return end >= window.end ? window : { ...window, end, endsWithFile: false }
}
