import { queueLimit } from '../model/queue-limit.ts'
import { READY_BLOCKS, type Reader } from '../model/reader.ts'
import type { SchedulerState } from '../model/scheduler-state.ts'
import type { Wire } from '../model/wire.ts'

/** Takes requests back that nobody wants any more, or that stand in the way of somebody who waits. */
export class Yielding {
  readonly #state: SchedulerState
  readonly #isSelected: (piece: number) => boolean

  /** `isSelected`: is the piece wanted even if no stream wants it? */
  constructor(state: SchedulerState, isSelected: (piece: number) => boolean) {
    this.#state = state
    this.#isSelected = isSelected
  }

  /** Cancels what is outside all windows and not selected. */
  dropUnwanted(): void {
    const { order } = this.#state
    for (const wire of this.#state.wires.values()) {
      for (const request of wire.queue.toArray()) {
        if (order.covers(request.index) || this.#isSelected(request.piece)) continue
        this.#state.cancel(request)
      }
    }
  }

  /** Cancels what nobody waits for: somebody needs the line. */
  dropBackground(): void {
    for (const wire of this.#state.wires.values()) {
      for (const request of wire.queue.toArray()) {
        if (request.purpose === 'background') this.#state.cancel(request)
      }
    }
  }

  /** After a seek: clears the queues of all wires that have what the reader needs first. */
  makeWay(): void {
    for (const reader of this.#state.order.readers) {
      if (!reader.takeJump() || !reader.isStarving) continue
      for (const wire of this.#state.wires.values()) {
        if (this.#canHelp(wire, reader)) this.#clear(wire)
      }
    }
  }

  /**
   * A wire that had nothing for anybody who reads has a long queue. Once its peer gets what is waited for,
   * what nobody waits for is taken back, as far as it is in the way.
   */
  shorten(): void {
    const { isAnyStarving, isWatched, order, pace, queueMs, wires } = this.#state
    // For nobody else queues are kept short, so what is taken back would be asked for again at once.
    if (!isAnyStarving || !isWatched) return
    for (const wire of wires.values()) {
      if (wire.queue.tail?.purpose !== 'background' || !wire.canBeAsked) continue
      const limit = queueLimit(wire, pace, queueMs)
      if (wire.queue.size <= limit) continue
      for (const reader of order.readers) {
        if (!reader.isStarving || !this.#hasNews(wire, reader)) continue
        this.#cut(wire, limit)
        break
      }
    }
  }

  /** May it be asked for something that the reader needs and nobody has been asked for? */
  #hasNews(wire: Wire, { endBlock, front }: Reader): boolean {
    return this.#state.ledger.nextFor(wire, front, Math.min(front + READY_BLOCKS, endBlock)) >= 0
  }

  #cut(wire: Wire, limit: number): void {
    for (const request of wire.queue.toArray().reverse()) {
      if (wire.queue.size < limit || request.purpose !== 'background') return
      this.#state.cancel(request)
    }
  }

  #canHelp(wire: Wire, { endBlock, front }: Reader): boolean {
    const { layout } = this.#state
    const last = Math.min(front + READY_BLOCKS, endBlock) - 1
    for (let piece = layout.pieceOf(front); piece <= layout.pieceOf(last); piece++) {
      if (wire.mayServe(piece)) return true
    }
    return false
  }

  #clear(wire: Wire): void {
    for (const request of wire.queue.toArray()) {
      if (!this.#state.order.isUrgent(request.index)) this.#state.cancel(request)
    }
  }
}
