import { hostNetwork } from '../../ip-address.ts'
import { addressOf } from '../../peer-address.ts'
import type { BlockProvenance } from '../pieces/block-provenance.ts'
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

  /** A piece was wrong: its senders are trusted no more, and its blocks are missing again. */
  failed(piece: number): void {
    const { layout, ledger, parole, provenance } = this.#state
    const suspects = sendersOf(piece, provenance)
    for (const peer of suspects) provenance.distrust(peer)
    provenance.forget(piece)
    this.#state.samples.forget(layout.firstBlockOf(piece), layout.endBlockOf(piece))
    parole.failed(piece, suspects)
    ledger.failed(piece)
    // Whose copies differed is asked for all of it now, alone.
    const [from, to] = [layout.firstBlockOf(piece), layout.endBlockOf(piece)]
    for (const wire of this.#state.wires.values()) wire.avoided.forgive(from, to)
    this.#state.order.reopenReaders()
    this.#state.workVersion++
  }

  /** What was fetched of a piece is right: its senders are trusted. */
  verified(piece: number): void {
    const { parole, provenance } = this.#state
    const blocks = new Map<string, number>()
    for (const peer of provenance.peersOf(piece)) {
      if (peer !== undefined) blocks.set(peer, (blocks.get(peer) ?? 0) + 1)
    }
    for (const [peer, count] of blocks) {
      provenance.trust(peer, count)
      parole.cleared(peer)
    }
  }

  /** A wire to the peer has been closed. */
  left(peer: string): void {
    const { parole, provenance, wires } = this.#state
    if (provenance.isTrusted(peer)) return
    for (const wire of wires.values()) if (wire.peer === peer) return
    parole.forget(peer)
  }

  /** Nothing is asked of the peer any more, and others at its address are on parole. */
  banned(peer: string): void {
    const { parole, provenance, wires } = this.#state
    parole.convict(hostNetwork(addressOf(peer)))
    provenance.distrust(peer)
    provenance.banned(peer)
    this.#state.settleDisputes(peer)
    this.#state.order.reopenReaders()
    for (const wire of wires.values()) {
      if (wire.peer !== peer) continue
      wire.ban()
      for (const request of wire.queue.toArray()) this.#state.cancel(request)
      this.#released(wire)
    }
    for (const wire of wires.values()) {
      if (provenance.isTrusted(wire.peer) || !parole.isConvicted(wire.address)) continue
      parole.suspect(wire.peer)
    }
  }
}

/** Each peer that sent a block of the piece, once. */
function sendersOf(piece: number, provenance: BlockProvenance): ReadonlySet<string> {
  const peers = provenance.peersOf(piece).filter((peer) => peer !== undefined)
  return new Set(peers)
}
