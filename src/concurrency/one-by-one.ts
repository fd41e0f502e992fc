/** Does what concerns the same thing one after another, in the order asked for. */
export class OneByOne<Key> {
  readonly #last = new Map<Key, Promise<unknown>>()

  /** Resolves with what `work` gives, or rejects as it does, which holds nobody up. */
  async run<Result>(key: Key, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key)
    const running = before === undefined ? work() : before.then(work)
    const ended = running.catch(() => {})
    this.#last.set(key, ended)
    try {
      return await running
    } finally {
      if (this.#last.get(key) === ended) this.#last.delete(key)
    }
  }

  /** Resolves when nothing is being done. */
  async idle(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values())
  }
}
