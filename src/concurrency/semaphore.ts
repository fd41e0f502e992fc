/** Somebody who waits for a turn, and may be let in before it. */
export class Ticket {
  #hurry: (() => void) | null = null
  #isHurried = false

  /** Lets the holder in at once, beyond the number of those that may be in. */
  hurry(): void {
    this.#isHurried = true
    this.#hurry?.()
  }

  get isHurried(): boolean {
    return this.#isHurried
  }

  /** For whoever gives out turns: `run` is called where the holder can wait no longer. */
  onHurry(run: (() => void) | null): void {
    this.#hurry = run
  }
}

/** Lets only so many do a thing at once; the others wait in the order in which they came. */
export class Semaphore {
  readonly #waiting = new Set<() => void>()
  #free: number

  constructor(atOnce: number) {
    this.#free = atOnce
  }

  /** Resolves with what `work` gives, or rejects as it does. */
  async run<Result>(work: () => Promise<Result>, ticket?: Ticket): Promise<Result> {
    let hasTurn = false
    if (this.#free > 0) {
      this.#free--
      hasTurn = true
    } else if (ticket?.isHurried !== true) hasTurn = await this.#turn(ticket)
    try {
      return await work()
    } finally {
      if (hasTurn) this.#release()
    }
  }

  /** False where it was let in beyond the number. */
  async #turn(ticket?: Ticket): Promise<boolean> {
    return await new Promise<boolean>((resolve) => {
      const enter = (): void => {
        ticket?.onHurry(null)
        resolve(true)
      }
      this.#waiting.add(enter)
      ticket?.onHurry(() => {
        this.#waiting.delete(enter)
        ticket.onHurry(null)
        resolve(false)
      })
    })
  }

  #release(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#free++
    else {
      this.#waiting.delete(next)
      next()
    }
  }
}
