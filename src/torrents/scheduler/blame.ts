import { addressOf } from '../../peer-address.ts'
import type { SchedulerState } from './model/scheduler-state.ts'
import type { Wire } from './model/wire.ts'

/** What right and wrong pieces say about the peers (`ip:port`) that sent them. */
export class Blame {
  readonly #state: SchedulerState
  readonly #released: (wire: Wire) => void

  /** `released` hears of each wire that is asked for nothing any more. */
  constructor(state: SchedulerState, released: (wire: Wire) => void) {
    this.#state = state
    this.#released = released
  }

  /** A piece was wrong. */
  suspected(piece: number, senders: Iterable<string>): void {
    const { ledger, parole, trust } = this.#state
    const suspects: number[] = []
    for (const sender of senders) {
      const peer = trust.indexOf(sender)
      if (peer === null) continue
      suspects.push(peer)
      trust.distrust(peer)
    }
    parole.failed(piece, suspects)
    ledger.failed(piece)
    this.#reopenWindows()
    this.#state.workVersion++
  }

  /** The peer has contributed to a verified piece. */
  trusted(peer: string): void {
    const index = this.#state.trust.indexOf(peer)
    if (index === null) return
    this.#state.trust.trust(index)
    this.#state.parole.cleared(index)
  }

  /** Nothing is asked of the peer any more, and others at its address are on parole. */
  banned(peer: string): void {
    const { parole, trust, wires } = this.#state
    const index = trust.indexOf(peer)
    trust.convict(addressOf(peer))
    if (index !== null) trust.distrust(index)
    this.#reopenWindows()
    for (const wire of wires.values()) {
      if (wire.peer !== index) continue
      wire.isBanned = true
      for (const request of wire.queue.toArray()) this.#state.cancel(request)
      this.#released(wire)
    }
    for (const wire of wires.values()) {
      if (trust.isTrusted(wire.peer) || !trust.isConvicted(wire.facts.address)) continue
      parole.suspect(wire.peer)
    }
  }

  /** What a viewer may see may be less than before. */
  #reopenWindows(): void {
    for (const state of this.#state.order.states) state.reopen(state.startBlock)
  }
}
