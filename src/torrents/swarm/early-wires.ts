import type { SwarmWire, WireListener } from './swarm.ts'
import type { WireEvent } from './wire-events.ts'

/**
 * Passes on what happens on wires once there is somebody to hear it. Until then it keeps nothing but the
 * wires: each knows what its peer has said so far, however long a magnet takes to be resolved.
 */
export class EarlyWires implements WireListener {
  #target: WireListener | null = null
  /** Most torrents never have one. */
  #open: Set<SwarmWire> | null = null

  connect(target: WireListener): void {
    this.#target = target
    const open = this.#open ?? []
    this.#open = null
    for (const wire of open) {
      target.wireEvent(wire, { kind: 'opened' })
      for (const event of wire.known()) target.wireEvent(wire, event)
    }
  }

  wireEvent(wire: SwarmWire, event: WireEvent): void {
    if (this.#target !== null) this.#target.wireEvent(wire, event)
    else if (event.kind === 'opened') this.#add(wire)
    else if (event.kind === 'closed') this.#open?.delete(wire)
  }

  #add(wire: SwarmWire): void {
    this.#open ??= new Set()
    this.#open.add(wire)
  }

  block(wire: SwarmWire, piece: number, offset: number, data: Uint8Array): void {
    this.#target?.block(wire, piece, offset, data)
  }
}
