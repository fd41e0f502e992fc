import { EventEmitter } from 'node:events'
import type { Logger } from '../../log.ts'

/**
 * Tells any number of listeners. One that throws is its owner's fault: it stops neither the others nor
 * what has happened, and costs a line in the log.
 */
export class GuardedEmitter<Events extends Record<keyof Events, unknown[]>> extends EventEmitter {
  readonly #log: Logger

  constructor(log: Logger) {
    super()
    this.setMaxListeners(0)
    this.#log = log
  }

  override emit<Name extends keyof Events & string>(name: Name, ...told: Events[Name]): boolean {
    const listeners = this.rawListeners(name)
    for (const listener of listeners) {
      try {
        Reflect.apply(listener, this, told)
      } catch (error) {
        this.#log.error({ err: error, event: name }, 'a listener has failed')
      }
    }
    return listeners.length > 0
  }
}
