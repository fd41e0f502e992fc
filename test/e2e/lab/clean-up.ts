/**
 * Cleans up in steps, of which each is taken whatever became of those before it: what is left behind by one
 * would be in the way of other tests.
 */
export class CleanUp {
  readonly #errors: unknown[] = []

  /** At the same time. Resolves when all of them have ended, in whatever way. */
  async all(...steps: readonly (() => Promise<unknown>)[]): Promise<void> {
    const ends = await Promise.allSettled(steps.map(async (step) => await step()))
    for (const end of ends) if (end.status === 'rejected') this.#errors.push(end.reason)
  }

  /** @throws the first error of all steps, once no step is left */
  end(): void {
    const [first] = this.#errors
    if (first !== undefined) throw first
  }
}
