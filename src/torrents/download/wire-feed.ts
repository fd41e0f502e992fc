import type { BlockScheduler } from '../scheduler/scheduler.ts'
import { endpointOf } from '../swarm/peer-address.ts'
import type { SwarmWire, WireEvents } from '../swarm/swarm.ts'

/** A peer tells once what it has (BEP 3); some correct themselves. */
const MOST_TOLD_ALL = 16

export interface WireFeedOptions {
  readonly scheduler: BlockScheduler
  readonly now: () => number
  /** True where the torrent lacks nothing. */
  readonly isComplete: () => boolean
  /** Something changed that a new plan may use. */
  readonly onChange: () => void
  readonly onBlock: WireEvents['block']
}

/** Tells the scheduler what happens on wires. */
export class WireFeed implements WireEvents {
  readonly #options: WireFeedOptions
  readonly #wires = new Map<number, SwarmWire>()
  /** How often each wire has told all that its peer has. */
  readonly #toldAll = new Map<number, number>()

  constructor(options: WireFeedOptions) {
    this.#options = options
  }

  get wires(): ReadonlyMap<number, SwarmWire> {
    return this.#wires
  }

  /**
   * Interested in every peer that has something as long as we lack something, also when nobody
   * streams: a viewer may press play at any moment, and an unchoke would cost a round trip then.
   */
  updateInterest(wire: SwarmWire): void {
    wire.setInterested(!this.#options.isComplete())
  }

  updateAllInterest(): void {
    for (const wire of this.#wires.values()) this.updateInterest(wire)
  }

  wireOpened(wire: SwarmWire): void {
    this.#wires.set(wire.id, wire)
    const { address, requestLimit } = wire
    const facts = { address, peer: endpointOf(wire), requestLimit }
    this.#options.scheduler.wireOpened(wire.id, facts, this.#options.now())
  }

  wireClosed(wire: SwarmWire): void {
    if (!this.#wires.delete(wire.id)) return
    this.#toldAll.delete(wire.id)
    this.#options.scheduler.wireClosed(wire.id, this.#options.now())
    this.#options.onChange()
  }

  requestLimit(wire: SwarmWire): void {
    this.#options.scheduler.wireLimited(wire.id, wire.requestLimit)
  }

  choked(wire: SwarmWire): void {
    const { scheduler, now, onChange } = this.#options
    scheduler.wireChoked(wire.id, now(), { requestsDropped: !wire.isFast })
    onChange()
  }

  unchoked(wire: SwarmWire): void {
    this.#options.scheduler.wireUnchoked(wire.id, this.#options.now())
    this.#options.onChange()
  }

  have(wire: SwarmWire, piece: number): void {
    if (!this.#options.scheduler.wireHave(wire.id, piece)) return
    this.updateInterest(wire)
    this.#options.onChange()
  }

  bitfield(wire: SwarmWire, pieces: Uint8Array): void {
    if (!this.#mayTellAll(wire)) return
    this.#options.scheduler.wireBitfield(wire.id, pieces)
    this.updateInterest(wire)
    this.#options.onChange()
  }

  haveAll(wire: SwarmWire): void {
    if (!this.#mayTellAll(wire)) return
    this.#options.scheduler.wireHaveAll(wire.id)
    this.updateInterest(wire)
    this.#options.onChange()
  }

  allowedFast(wire: SwarmWire, piece: number): void {
    if (this.#options.scheduler.wireAllowedFast(wire.id, piece)) this.#options.onChange()
  }

  rejected(wire: SwarmWire, piece: number, offset: number): void {
    const { scheduler, now, onChange } = this.#options
    if (scheduler.requestRejected(wire.id, piece, offset, now())) onChange()
  }

  /** Five bytes that say "all" cost us a look at each piece: not again and again. */
  #mayTellAll(wire: SwarmWire): boolean {
    const told = this.#toldAll.get(wire.id) ?? 0
    if (told >= MOST_TOLD_ALL || !this.#wires.has(wire.id)) return false
    this.#toldAll.set(wire.id, told + 1)
    return true
  }

  block(wire: SwarmWire, piece: number, offset: number, data: Uint8Array): void {
    this.#options.onBlock(wire, piece, offset, data)
  }
}
