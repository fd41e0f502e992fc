import type { LoopClock } from '../../../../src/clock.ts'
import type { EventQueue } from './event-queue.ts'

/** The time of a simulated world, as the product asks for it. */
export class SimulatedClock implements LoopClock {
  readonly #events: EventQueue
  /** Appointments that have been neither kept nor called off. */
  pending = 0
  /** Called after each that was kept. */
  kept: () => void = () => {}

  constructor(events: EventQueue) {
    this.#events = events
  }

  now(): number {
    return this.#events.now
  }

  after(delayMs: number, run: () => void): () => void {
    let isOver = false
    this.pending++
    const cancel = this.#events.after(delayMs, () => {
      isOver = true
      this.pending--
      run()
      this.kept()
    })
    return () => {
      if (isOver) return
      isOver = true
      this.pending--
      cancel()
    }
  }

  soon(run: () => void): () => void {
    return this.after(0, run)
  }
}
