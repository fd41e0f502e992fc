import { BLOCK_LENGTH } from '../pieces/block.ts'
import type { Sender } from '../pieces/block-provenance.ts'
import type { SchedulerState } from './model/scheduler-state.ts'
import type { Wire } from './model/wire.ts'

/** Addresses whose copies of a block differ are not asked for it again before this is over; ms. */
const DOUBT_MS = 5_000
/**
 * So often a block is thrown away over copies that differ. Among liars who never agree it would be
 * for ever: then the hash of the whole piece decides.
 */
const MOST_DISPUTES = 6

/** What comparing the copies and samples of blocks has shown; offsets in bytes of the piece. */
export class Comparisons {
  readonly #state: SchedulerState

  constructor(state: SchedulerState) {
    this.#state = state
  }

  /** Two addresses have delivered the same bytes; no further copy is needed. */
  proven(piece: number, offset: number): void {
    const block = offset / BLOCK_LENGTH
    this.#state.provenance.prove(piece, block)
    this.#state.cancelHolders(this.#state.layout.firstBlockOf(piece) + block)
  }

  /**
   * A peer (`ip:port`) at another address than the sender's has sent the same, as far as it was asked. Returns the
   * peers that have more against them now than for them: what is held of them is doubtful.
   */
  vouched(piece: number, offset: number, voucher: string): readonly string[] {
    const block = Math.floor(offset / BLOCK_LENGTH)
    return this.#outvoted(this.#state.provenance.vouch(piece, block, voucher))
  }

  /** Two peers (`ip:port`) have sent different bytes for one place: neither is trusted. Returns the same. */
  contradicted(one: Sender, other: Sender): readonly string[] {
    const outvoted = this.#state.provenance.contradict(one, other)
    this.#state.order.reopenReaders()
    return this.#outvoted(outvoted)
  }

  /** Could another address send the block now, and might it agree with somebody then? */
  hasOtherSender(piece: number, offset: number): boolean {
    const { ledger, provenance } = this.#state
    const block = offset / BLOCK_LENGTH
    const sender = provenance.senderOf(piece, block)
    if (ledger.downloading(piece) === null || sender === undefined) return false
    if (provenance.disputesOf(piece, block) >= MOST_DISPUTES) return false
    for (const wire of this.#otherGivers(piece, sender)) {
      if (!wire.isDelivering || provenance.isOutvoted(wire.peer)) continue
      if (provenance.isOutvoted(sender.peer)) return true
      if (!provenance.areOpposed(sender.peer, wire.peer)) return true
    }
    return false
  }

  /** Copies differ, nobody knows which is right: it is fetched again, from others. */
  discarded(piece: number, offset: number): void {
    const { ledger, provenance } = this.#state
    const downloading = ledger.downloading(piece)
    const block = offset / BLOCK_LENGTH
    const sender = provenance.senderOf(piece, block)
    if (downloading === null || sender === undefined) return
    const index = downloading.firstBlock + block
    const copied = provenance.addressesOf(piece, block)
    for (const wire of this.#state.wires.values()) {
      if (copied.includes(wire.address)) wire.avoided.avoid(index, DOUBT_MS)
    }
    const others = [...this.#otherGivers(piece, sender)]
    // Where all have sent it before, they are asked again, but for the one who did last.
    if (others.every((wire) => wire.avoided.isRefused(index) || provenance.isOutvoted(wire.peer))) {
      for (const wire of others) wire.avoided.forgive(index, index + 1)
    }
    provenance.dispute(piece, block)
    this.#state.samples.forget(index, index + 1)
    ledger.lost(downloading, block)
  }

  /** What they have vouched for counts for nothing, and what they were asked for is asked of others. */
  #outvoted(peers: readonly string[]): readonly string[] {
    if (peers.length > 0) this.#state.order.reopenReaders()
    for (const peer of peers) this.#takeBack(peer)
    return peers
  }

  #takeBack(peer: string): void {
    const { parole, wires } = this.#state
    this.#state.settleDisputes(peer)
    parole.release(peer)
    for (const wire of wires.values()) {
      if (wire.peer !== peer) continue
      for (const request of wire.queue.toArray()) {
        if (!parole.isSuspect(request.piece)) this.#state.cancel(request)
      }
    }
    this.#state.workVersion++
  }

  /** Wires to other addresses that may be asked for the piece. */
  *#otherGivers(piece: number, { address }: Sender): Iterable<Wire> {
    for (const wire of this.#state.wires.values()) {
      if (wire.address !== address && wire.canBeAsked && wire.mayServe(piece)) yield wire
    }
  }
}
