import type { SwarmWire } from './swarm.ts'
import type { WireEvents } from './wire-feed.ts'

/** Of a torrent whose metadata is not known; peers that speak of others are not believed. */
const MAX_PIECES = 400_000
/** Pieces that a peer gives while it chokes. */
const MAX_ALLOWED_FAST = 100

/** What a peer is known to have, and to allow: the last word of each kind. */
class EarlyWire {
  isLimitTold = false
  isUnchoked = false
  hasAll = false
  bitfield: Uint8Array | null = null
  readonly allowedFast = new Set<number>()
  /** A bit for each piece told one by one, up to the highest. */
  haves: Uint8Array = new Uint8Array()

  addHave(piece: number): void {
    if (piece >= MAX_PIECES) return
    const at = piece >> 3
    if (at >= this.haves.length) {
      const larger = new Uint8Array(Math.max(at + 1, 2 * this.haves.length))
      larger.set(this.haves)
      this.haves = larger
    }
    this.haves[at] = (this.haves[at] ?? 0) | (0x80 >> (piece & 7))
  }

  tell(wire: SwarmWire, target: WireEvents): void {
    if (this.isLimitTold) target.requestLimit(wire)
    if (this.bitfield !== null) target.bitfield(wire, this.bitfield)
    for (let piece = 0; piece < 8 * this.haves.length; piece++) {
      if (((this.haves[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0) target.have(wire, piece)
    }
    if (this.hasAll) target.haveAll(wire)
    for (const piece of this.allowedFast) target.allowedFast(wire, piece)
    if (this.isUnchoked) target.unchoked(wire)
  }
}

/**
 * Keeps how things stand on wires until there is somebody to hear it: the peers that gave a
 * magnet's metadata have told what they have before the torrent is ready to download from them.
 * What they said on the way there is not kept, or they could say it for ever.
 */
export class EarlyWires implements WireEvents {
  #target: WireEvents | null = null
  readonly #wires = new Map<SwarmWire, EarlyWire>()

  connect(target: WireEvents): void {
    this.#target = target
    const wires = [...this.#wires]
    this.#wires.clear()
    for (const [wire, early] of wires) {
      target.wireOpened(wire)
      early.tell(wire, target)
    }
  }

  wireOpened(wire: SwarmWire): void {
    if (this.#target === null) this.#wires.set(wire, new EarlyWire())
    else this.#target.wireOpened(wire)
  }

  wireClosed(wire: SwarmWire): void {
    if (this.#target === null) this.#wires.delete(wire)
    else this.#target.wireClosed(wire)
  }

  choked(wire: SwarmWire): void {
    this.#note(wire, (early) => {
      early.isUnchoked = false
    })
    this.#target?.choked(wire)
  }

  unchoked(wire: SwarmWire): void {
    this.#note(wire, (early) => {
      early.isUnchoked = true
    })
    this.#target?.unchoked(wire)
  }

  have(wire: SwarmWire, piece: number): void {
    this.#note(wire, (early) => early.addHave(piece))
    this.#target?.have(wire, piece)
  }

  bitfield(wire: SwarmWire, pieces: Uint8Array): void {
    this.#note(wire, (early) => {
      early.bitfield = pieces
    })
    this.#target?.bitfield(wire, pieces)
  }

  haveAll(wire: SwarmWire): void {
    this.#note(wire, (early) => {
      early.hasAll = true
    })
    this.#target?.haveAll(wire)
  }

  allowedFast(wire: SwarmWire, piece: number): void {
    this.#note(wire, ({ allowedFast }) => {
      if (allowedFast.size < MAX_ALLOWED_FAST) allowedFast.add(piece)
    })
    this.#target?.allowedFast(wire, piece)
  }

  requestLimit(wire: SwarmWire): void {
    this.#note(wire, (early) => {
      early.isLimitTold = true
    })
    this.#target?.requestLimit(wire)
  }

  /** Blocks that nobody asked for are not kept. */
  block(...args: Parameters<WireEvents['block']>): void {
    this.#target?.block(...args)
  }

  rejected(...args: Parameters<WireEvents['rejected']>): void {
    this.#target?.rejected(...args)
  }

  #note(wire: SwarmWire, note: (early: EarlyWire) => void): void {
    const early = this.#wires.get(wire)
    if (this.#target === null && early !== undefined) note(early)
  }
}
