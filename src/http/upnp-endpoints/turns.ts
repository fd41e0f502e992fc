import { nextTurn } from '../../concurrency/next-turn.ts'

/**
 * Does pieces of work one at a time, in the order that they came, and each in a turn of the event loop
 * of its own: between two of them everybody else is served.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Settles as `work` does, whose own time should be some milliseconds. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(() => nextTurn()).then(work)
    this.#last = done.catch(() => {})
    return done
  }
}
