import type { Logger } from '../../log.ts'
import type { ObjectId } from '../objects/object-id.ts'
import { ContainerChanges } from './container-changes.ts'
import { nextUpdateId, type UpdateIdStore } from './update-id.ts'

/** Counts what TVs can see change: SystemUpdateID, and which containers it was. */
export class Changes {
  readonly #store: UpdateIdStore
  readonly #log: Logger
  readonly #containers = new ContainerChanges()
  #systemUpdateId: number

  constructor(store: UpdateIdStore, log: Logger) {
    this.#store = store
    this.#log = log
    this.#systemUpdateId = store.read()
  }

  /** A ui4 that starts again at 0. */
  get systemUpdateId(): number {
    return this.#systemUpdateId
  }

  /** Containers that changed after `updateId`, with the id of their last change; the latest 100. */
  since(updateId: number): ReadonlyMap<ObjectId, number> {
    return this.#containers.since(updateId)
  }

  /** @param containers - Those that changed, the most important last. */
  count(containers: readonly ObjectId[]): void {
    this.#systemUpdateId = nextUpdateId(this.#systemUpdateId)
    this.#containers.record(containers, this.#systemUpdateId)
    try {
      this.#store.write(this.#systemUpdateId)
    } catch (error) {
      this.#log.error({ err: error }, 'cannot keep SystemUpdateID')
    }
  }
}
