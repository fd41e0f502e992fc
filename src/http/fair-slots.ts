export interface FairSlotsOptions {
  readonly perAddress: number
  readonly inAll: number
}

/**
 * Counts what clients hold, by address. When everything is taken, who has the most gives up what he has
 * had longest to a newcomer who would still have less: no few addresses can keep all others out.
 */
export class FairSlots {
  readonly #options: FairSlotsOptions
  /** What ends each slot of an address, oldest first. */
  readonly #held = new Map<string, Set<() => void>>()
  #all = 0

  constructor(options: FairSlotsOptions) {
    this.#options = options
  }

  /**
   * Takes a slot; `null` where there is none. The result gives it back, once. `end` is called when it
   * is taken away, which has to end what it stands for.
   */
  take(address: string, end: () => void): (() => void) | null {
    const { perAddress, inAll } = this.#options
    const own = this.#held.get(address)?.size ?? 0
    if (own >= perAddress) return null
    if (this.#all >= inAll && !this.#takeFromRichest(own)) return null
    // A function of its own for each slot: the same `end` may stand for several.
    const slot = (): void => end()
    const slots = this.#held.get(address) ?? new Set()
    slots.add(slot)
    this.#held.set(address, slots)
    this.#all++
    return () => this.#giveBack(address, slot)
  }

  #takeFromRichest(own: number): boolean {
    let richest: string | null = null
    let most = own + 1
    for (const [address, { size }] of this.#held) {
      if (size <= most) continue
      most = size
      richest = address
    }
    if (richest === null) return false
    const [oldest] = this.#held.get(richest) ?? []
    if (oldest === undefined) return false
    this.#giveBack(richest, oldest)
    oldest()
    return true
  }

  #giveBack(address: string, slot: () => void): void {
    const slots = this.#held.get(address)
    if (slots?.delete(slot) !== true) return
    this.#all--
    if (slots.size === 0) this.#held.delete(address)
  }
}
