import type { ObjectId } from '../objects/object-id.ts'

/** An event names at most so many; whoever missed more sees it by SystemUpdateID. */
const MOST_CONTAINERS = 100

/** Which containers changed last, and to which update id (ContentDirectory:1, 2.5.21). */
export class ContainerChanges {
  /** The latest change is the last. */
  readonly #updateIds = new Map<ObjectId, number>()

  record(containers: Iterable<ObjectId>, updateId: number): void {
    for (const container of containers) {
      this.#updateIds.delete(container)
      this.#updateIds.set(container, updateId)
      const [oldest] = this.#updateIds.keys()
      if (this.#updateIds.size > MOST_CONTAINERS && oldest !== undefined) {
        this.#updateIds.delete(oldest)
      }
    }
  }

  /** Those that changed after `updateId` was told, in the order of their changes. */
  since(updateId: number): ReadonlyMap<ObjectId, number> {
    return new Map([...this.#updateIds].filter(([, id]) => isLater(id, updateId)))
  }
}

/** Update ids are ui4 that start again at 0: the later of two is less than half a round ahead. */
function isLater(a: number, b: number): boolean {
  const ahead = (a - b + 2 ** 32) % 2 ** 32
  return ahead > 0 && ahead < 2 ** 31
}
