import type { SwarmWire, WireEvents } from './swarm.ts'

/**
 * Passes on what happens on wires once there is somebody to hear it. Until then it keeps nothing but the
 * wires: each knows what its peer has said so far, however long a magnet takes to be resolved.
 */
export class EarlyWires implements WireEvents {
  #target: WireEvents | null = null
  readonly #open = new Set<SwarmWire>()

  connect(target: WireEvents): void {
    this.#target = target
    const open = [...this.#open]
    this.#open.clear()
    for (const wire of open) {
      target.wireOpened(wire)
      wire.tellKnown(target)
    }
  }

  wireOpened(wire: SwarmWire): void {
    if (this.#target === null) this.#open.add(wire)
    else this.#target.wireOpened(wire)
  }

  wireClosed(wire: SwarmWire): void {
    this.#open.delete(wire)
    this.#target?.wireClosed(wire)
  }

  choked(wire: SwarmWire): void {
    this.#target?.choked(wire)
  }

  unchoked(wire: SwarmWire): void {
    this.#target?.unchoked(wire)
  }

  have(...args: Parameters<WireEvents['have']>): void {
    this.#target?.have(...args)
  }

  bitfield(...args: Parameters<WireEvents['bitfield']>): void {
    this.#target?.bitfield(...args)
  }

  haveAll(wire: SwarmWire): void {
    this.#target?.haveAll(wire)
  }

  allowedFast(...args: Parameters<WireEvents['allowedFast']>): void {
    this.#target?.allowedFast(...args)
  }

  requestLimit(wire: SwarmWire): void {
    this.#target?.requestLimit(wire)
  }

  block(...args: Parameters<WireEvents['block']>): void {
    this.#target?.block(...args)
  }

  rejected(...args: Parameters<WireEvents['rejected']>): void {
    this.#target?.rejected(...args)
  }
}
