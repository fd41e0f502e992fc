/** Pairs remembered; the oldest are forgotten first. */
const MOST_PAIRS = 4_096
/** Two that differ less often may be unlucky: one of them lies now and then. */
const ENOUGH_DIFFERENCES = 3
/** Of two that differ more often than this for each time that they agree, one lies nearly always. */
const DIFFERENCES_PER_AGREEMENT = 2

interface Tally {
  readonly one: string
  readonly other: string
  same: number
  different: number
}

/** How often two peers (`ip:port`) have sent the same for one place, and how often something else. */
export class PairTally {
  readonly #pairs = new Map<string, Tally>()

  agreed(one: string, other: string): void {
    this.#of(one, other).same++
  }

  differed(one: string, other: string): void {
    this.#of(one, other).different++
  }

  /** They hardly ever agree: nothing is learnt by asking one about the other. */
  areOpposed(one: string, other: string): boolean {
    const tally = this.#pairs.get(keyOf(one, other))
    if (tally === undefined || tally.different < ENOUGH_DIFFERENCES) return false
    return tally.different > DIFFERENCES_PER_AGREEMENT * tally.same
  }

  forget(peer: string): void {
    for (const [key, { one, other }] of this.#pairs) {
      if (one === peer || other === peer) this.#pairs.delete(key)
    }
  }

  #of(one: string, other: string): Tally {
    const key = keyOf(one, other)
    const known = this.#pairs.get(key)
    if (known !== undefined) return known
    const tally = { one, other, same: 0, different: 0 }
    this.#pairs.set(key, tally)
    const [oldest] = this.#pairs.keys()
    if (this.#pairs.size > MOST_PAIRS && oldest !== undefined) this.#pairs.delete(oldest)
    return tally
  }
}

function keyOf(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`
}
