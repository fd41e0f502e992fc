export interface ShareLimits {
  /** What one address may hold; one that holds nothing gets what it asks for, however much. */
  readonly perAddress: number
  readonly inAll: number
}

interface Share {
  readonly amount: number
  readonly giveUp: () => void
}

/**
 * Divides something scarce between IP addresses. When all of it is taken, an address that holds less
 * gets some of what is held by the one that holds most: nobody can lock the others out, and nobody
 * loses anything as long as there is enough.
 */
export class FairShares {
  readonly #limits: ShareLimits
  /** By address; the shares of each from the oldest on. */
  readonly #shares = new Map<string, Set<Share>>()
  readonly #amounts = new Map<string, number>()
  #all = 0

  constructor(limits: ShareLimits) {
    this.#limits = limits
  }

  /**
   * Takes an amount; `null` where there is none. The result gives it back.
   *
   * @param giveUp - Called when somebody else needs it more; the share has been given back by then.
   */
  take(address: string, amount: number, giveUp: () => void): (() => void) | null {
    const wanted = this.#heldBy(address) + amount
    if (wanted > amount && wanted > this.#limits.perAddress) return null
    while (this.#all > 0 && this.#all + amount > this.#limits.inAll) {
      const victim = this.#richerThan(wanted)
      if (victim === null) return null
      this.#release(victim.address, victim.share)
      victim.share.giveUp()
    }
    const share = { amount, giveUp }
    this.#add(address, share)
    return () => this.#release(address, share)
  }

  #heldBy(address: string): number {
    return this.#amounts.get(address) ?? 0
  }

  /** The oldest share of the address that holds most, if that is more than `amount`. */
  #richerThan(amount: number): { address: string; share: Share } | null {
    let richest: string | null = null
    let most = amount
    for (const [address, held] of this.#amounts) {
      if (held <= most) continue
      richest = address
      most = held
    }
    const [share] = richest === null ? [] : (this.#shares.get(richest) ?? [])
    return richest === null || share === undefined ? null : { address: richest, share }
  }

  #add(address: string, share: Share): void {
    const shares = this.#shares.get(address) ?? new Set()
    this.#shares.set(address, shares.add(share))
    this.#amounts.set(address, this.#heldBy(address) + share.amount)
    this.#all += share.amount
  }

  /** Does nothing for a share that was given back before. */
  #release(address: string, share: Share): void {
    const shares = this.#shares.get(address)
    if (shares?.delete(share) !== true) return
    this.#all -= share.amount
    this.#amounts.set(address, this.#heldBy(address) - share.amount)
    if (shares.size > 0) return
    this.#shares.delete(address)
    this.#amounts.delete(address)
  }
}
