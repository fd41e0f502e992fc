import type { WireEvents } from './wire-feed.ts'

/**
 * Keeps what happens on wires until there is somebody to hear it: the peers that gave a magnet's
 * metadata have told what they have before the torrent is ready to download from them.
 */
export class EarlyWires implements WireEvents {
  #target: WireEvents | null = null
  #kept: ((target: WireEvents) => void)[] = []

  connect(target: WireEvents): void {
    this.#target = target
    const kept = this.#kept
    this.#kept = []
    for (const tell of kept) tell(target)
  }

  wireOpened(...args: Parameters<WireEvents['wireOpened']>): void {
    this.#tell((target) => target.wireOpened(...args))
  }

  wireClosed(...args: Parameters<WireEvents['wireClosed']>): void {
    this.#tell((target) => target.wireClosed(...args))
  }

  choked(...args: Parameters<WireEvents['choked']>): void {
    this.#tell((target) => target.choked(...args))
  }

  unchoked(...args: Parameters<WireEvents['unchoked']>): void {
    this.#tell((target) => target.unchoked(...args))
  }

  have(...args: Parameters<WireEvents['have']>): void {
    this.#tell((target) => target.have(...args))
  }

  bitfield(...args: Parameters<WireEvents['bitfield']>): void {
    this.#tell((target) => target.bitfield(...args))
  }

  haveAll(...args: Parameters<WireEvents['haveAll']>): void {
    this.#tell((target) => target.haveAll(...args))
  }

  allowedFast(...args: Parameters<WireEvents['allowedFast']>): void {
    this.#tell((target) => target.allowedFast(...args))
  }

  requestLimit(...args: Parameters<WireEvents['requestLimit']>): void {
    this.#tell((target) => target.requestLimit(...args))
  }

  /** Blocks that nobody asked for are not kept. */
  block(...args: Parameters<WireEvents['block']>): void {
    this.#target?.block(...args)
  }

  rejected(...args: Parameters<WireEvents['rejected']>): void {
    this.#target?.rejected(...args)
  }

  #tell(tell: (target: WireEvents) => void): void {
    if (this.#target === null) this.#kept.push(tell)
    else tell(this.#target)
  }
}
