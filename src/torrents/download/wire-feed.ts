import { endpointOf } from '../../peer-address.ts'
import type { BlockScheduler } from '../scheduler/scheduler.ts'
import type { SwarmWire, WireListener } from '../swarm/swarm.ts'
import type { WireEvent } from '../swarm/wire-events.ts'

/** A peer tells once what it has (BEP 3); some correct themselves. */
const MOST_TOLD_ALL = 16

/**
 * A peer that is nearer than this is on the LAN or on this machine: what it takes to answer is its own
 * doing then, and to take it for instant costs a start 15 to 70 ms.
 */
const LEAST_TOLD_MS = 5

export interface WireFeedOptions {
  readonly scheduler: Pick<BlockScheduler, 'wires' | 'requestRejected'>
  readonly now: () => number
  /** True where the torrent lacks nothing. */
  readonly isComplete: () => boolean
  /** Something changed that a new plan may use. */
  readonly onChange: () => void
  readonly onBlock: WireListener['block']
}

/** Tells the scheduler what happens on wires. */
export class WireFeed implements WireListener {
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

  wireEvent(wire: SwarmWire, event: WireEvent): void {
    if (this.#tell(wire, event)) this.#options.onChange()
  }

  block(wire: SwarmWire, piece: number, offset: number, data: Uint8Array): void {
    this.#options.onBlock(wire, piece, offset, data)
  }

  /** False where it is nothing that a new plan may use. */
  #tell(wire: SwarmWire, event: WireEvent): boolean {
    const { scheduler } = this.#options
    const now = this.#options.now()
    const { id } = wire
    switch (event.kind) {
      case 'opened':
        this.#opened(wire, now)
        return false
      case 'closed':
        if (!this.#wires.delete(id)) return false
        this.#toldAll.delete(id)
        scheduler.wires.closed(id, now)
        return true
      case 'choked':
        scheduler.wires.choked(id, now, { requestsDropped: !wire.isFast })
        return true
      case 'unchoked':
        scheduler.wires.unchoked(id, now)
        return true
      case 'have':
        if (!scheduler.wires.have(id, event.piece)) return false
        this.updateInterest(wire)
        return true
      case 'bitfield':
      case 'have-all':
        if (!this.#mayTellAll(wire)) return false
        if (event.kind === 'have-all') scheduler.wires.haveAll(id)
        else scheduler.wires.bitfield(id, event.pieces)
        this.updateInterest(wire)
        return true
      case 'allowed-fast':
        return scheduler.wires.allowedFast(id, event.piece)
      case 'request-limit':
        scheduler.wires.limited(id, event.limit)
        return false
      case 'rejected':
        return scheduler.requestRejected(id, event.piece, event.offset, now)
    }
  }

  #opened(wire: SwarmWire, now: number): void {
    this.#wires.set(wire.id, wire)
    const { address, givesSamples, requestLimit, roundTripMs } = wire
    const facts = {
      ...{ address, peer: endpointOf(wire), givesSamples, requestLimit },
      ...(roundTripMs === null || roundTripMs < LEAST_TOLD_MS ? {} : { roundTripMs }),
    }
    this.#options.scheduler.wires.opened(wire.id, facts, now)
  }

  /** Five bytes that say "all" cost us a look at each piece: not again and again. */
  #mayTellAll(wire: SwarmWire): boolean {
    const told = this.#toldAll.get(wire.id) ?? 0
    if (told >= MOST_TOLD_ALL || !this.#wires.has(wire.id)) return false
    this.#toldAll.set(wire.id, told + 1)
    return true
  }
}
