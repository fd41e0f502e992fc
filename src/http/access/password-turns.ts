import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../clock.ts'
import type { AccessRules } from './access-rules.ts'
import { isSparedPassword } from './change-guard.ts'
import { trierOf } from './password.ts'
import type { Trier } from './password-attempts.ts'

/** Requests that wait at one address, and at all of them. */
const MOST_WAITING = 8
const MOST_WAITING_IN_ALL = 256

interface Waiting {
  readonly trier: Trier
  /** Its password is looked at, or it is refused where its address still has to wait. */
  readonly go: () => void
}

/** Those that wait at one address. */
interface Room {
  readonly key: string
  readonly waiting: Waiting[]
  /** Of the timer for the next look. */
  cancel: () => void
}

/**
 * Where wrong passwords were tried, the next ones wait until one is looked at again: the right one gets in, slowly, though
 * others at its address go on guessing. Which of those that wait is looked at is a matter of chance, and so is which of
 * too many is refused.
 */
export class PasswordTurns {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #rooms = new Map<string, Room>()
  #count = 0

  constructor(clock: Clock, random: () => number = Math.random) {
    this.#clock = clock
    this.#random = random
  }

  /** Resolves when the request is to be looked at, or its client has left. */
  async wait(
    request: IncomingMessage,
    response: ServerResponse,
    rules: AccessRules,
  ): Promise<void> {
    const isTried = request.headers.authorization !== undefined && rules.auth !== null
    if (!isTried || isSparedPassword(request, rules)) return
    const trier = trierOf(request, rules.trustProxy)
    if (rules.attempts.waitMs(trier) === 0 || this.#count >= MOST_WAITING_IN_ALL) return
    await new Promise<void>((resolve) => {
      const waiting: Waiting = { trier, go: resolve }
      const room = this.#enter(waiting, rules)
      response.once('close', () => {
        this.#leave(room, waiting)
        resolve()
      })
    })
  }

  #enter(waiting: Waiting, rules: AccessRules): Room {
    const key = rules.attempts.keyOf(waiting.trier)
    const known = this.#rooms.get(key)
    const room = known ?? { key, waiting: [], cancel: () => {} }
    room.waiting.push(waiting)
    this.#count++
    if (known === undefined) {
      this.#rooms.set(key, room)
      this.#look(room, rules)
    }
    if (room.waiting.length > MOST_WAITING) this.#take(room).go()
    return room
  }

  #leave(room: Room, waiting: Waiting): void {
    const index = room.waiting.indexOf(waiting)
    if (index < 0) return
    room.waiting.splice(index, 1)
    this.#count--
    if (room.waiting.length === 0) this.#close(room)
  }

  #close(room: Room): void {
    room.cancel()
    this.#rooms.delete(room.key)
  }

  /** Lets the next one go once that may be. */
  #look(room: Room, rules: AccessRules): void {
    const [first] = room.waiting
    if (first === undefined) {
      this.#close(room)
      return
    }
    const waitMs = rules.attempts.waitMs(first.trier)
    if (waitMs === 0) this.#take(room).go()
    // Its answer is known by then.
    room.cancel = this.#clock.after(Math.ceil(waitMs), () => this.#look(room, rules))
  }

  #take({ waiting }: Room): Waiting {
    const [taken] = waiting.splice(Math.floor(this.#random() * waiting.length), 1)
    if (taken === undefined) throw new Error('nobody waits')
    this.#count--
    return taken
  }
}
