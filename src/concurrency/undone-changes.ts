/** A change of one thing, and how it is made and taken back. */
export interface UndoableChange<T> {
  /** What the thing is now. */
  readonly current: () => T
  /** Changes it, at once; what follows from that may take its time. */
  readonly make: () => void | Promise<void>
  /** Nothing has to be saved where it is what it was. */
  readonly isSame?: (before: T) => boolean
  /** An error of `make` after which nothing has been changed; none is when absent. */
  readonly isRefusal?: (error: unknown) => boolean
  /** Makes it again what it was. */
  readonly undo: (before: T) => void | Promise<void>
}

interface Unsaved {
  /** What a restart would know. */
  saved: unknown
  /** Changes that are under way. */
  pending: number
}

/**
 * Changes that a restart has to know of: what cannot be saved is taken back, so that memory and disk say the same.
 * Of several changes of the same thing that fail together, what was saved last is left, in whatever order they fail.
 */
export class UndoneChanges {
  readonly #unsaved = new Map<string, Unsaved>()

  /**
   * Makes a change and saves it. Rejects as `make` and `save` do; all is as it was then.
   *
   * @param thing - What is changed; one name for one thing.
   */
  async run<T>(
    thing: string,
    { current, make, isSame, isRefusal, undo }: UndoableChange<T>,
    save: () => Promise<void>,
  ): Promise<void> {
    const before = current()
    const unsaved = this.#unsaved.get(thing) ?? { saved: before, pending: 0 }
    this.#unsaved.set(thing, unsaved)
    unsaved.pending++
    let isMade = false
    try {
      const making = make()
      const made = current()
      await making
      isMade = true
      if (unsaved.pending === 1 && isSame?.(before)) return
      await save()
      unsaved.saved = made
    } catch (error) {
      if (isMade || !isRefusal?.(error)) await undo(unsaved.saved as T)
      throw error
    } finally {
      unsaved.pending--
      if (unsaved.pending === 0) this.#unsaved.delete(thing)
    }
  }
}
