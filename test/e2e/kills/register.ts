/** A change of a value that somebody has asked for. */
export interface Change {
  /** The server has said that it is so. */
  confirm(): void
  /** The server has said that it is not so; where others asked meanwhile, it may have been for a moment. */
  refuse(): void
}

interface Asked<T> {
  readonly value: T
  readonly askedAt: number
  /** `null` where no answer came. */
  answeredAt: number | null
  isConfirmed: boolean
}

/**
 * What a value may be after a kill: what was confirmed last, or what was asked for meanwhile. A change is
 * outdone by another that was asked for after its answer, and was confirmed itself.
 */
export class Register<T> {
  #asked: Asked<T>[]
  #time = 0
  #history: string[] = []

  constructor(value: T) {
    this.#asked = [{ value, askedAt: 0, answeredAt: 0, isConfirmed: true }]
  }

  /** All that it may be. */
  get possible(): readonly T[] {
    const confirmed = this.#asked.filter(({ isConfirmed }) => isConfirmed)
    const lastAsked = Math.max(...confirmed.map(({ askedAt }) => askedAt))
    return this.#asked
      .filter(({ answeredAt }) => answeredAt === null || answeredAt >= lastAsked)
      .map(({ value }) => value)
  }

  /** For whoever has to find out what happened. */
  get history(): string {
    return this.#history.join(', ')
  }

  ask(value: T): Change {
    this.#time++
    const asked: Asked<T> = { value, askedAt: this.#time, answeredAt: null, isConfirmed: false }
    this.#asked.push(asked)
    const note = (what: string): void => {
      this.#time++
      this.#history.push(`${asked.askedAt}: ${JSON.stringify(value)} ${what} at ${this.#time}`)
    }
    note('asked')
    return {
      confirm: () => {
        note('confirmed')
        asked.answeredAt = this.#time
        asked.isConfirmed = true
      },
      refuse: () => {
        note('refused')
        asked.answeredAt = this.#time
        const isAlone = this.#asked.every(
          (one) => one === asked || (one.answeredAt ?? this.#time) < asked.askedAt,
        )
        if (isAlone) this.#asked = this.#asked.filter((one) => one !== asked)
      },
    }
  }

  /** What it was found to be; throws where that is none of what it may be. */
  found(value: T, where: string): void {
    const text = JSON.stringify(value)
    const possible = this.possible.map((one) => JSON.stringify(one))
    if (!possible.includes(text)) {
      throw new Error(
        `${where}: ${text} was found, ${possible.join(' or ')} was to be there; ${this.history}`,
      )
    }
    this.#asked = [{ value, askedAt: 0, answeredAt: 0, isConfirmed: true }]
    this.#time = 0
    this.#history = []
  }
}
