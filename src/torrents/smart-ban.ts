/** One delivery of a piece that turned out to be wrong. */
interface Attempt {
  readonly senders: readonly (string | undefined)[]
  /** One number per block; equal numbers mean equal bytes, negative ones tell nothing. */
  readonly digests: Float64Array
}

/**
 * Finds out who sent the wrong blocks of a piece. One sender of a whole wrong piece is guilty at
 * once. Of several, those are whose block differs from the right one, once that is known; and as
 * long as it is not, whoever is party to most of the differences between two wrong deliveries.
 */
export class SmartBan {
  readonly #wrong = new Map<number, Attempt>()

  /** Pieces that failed and are not right yet: their blocks' digests are needed when they are. */
  isSuspect(piece: number): boolean {
    return this.#wrong.has(piece)
  }

  /** Addresses to ban. */
  failed(
    piece: number,
    senders: readonly (string | undefined)[],
    digests: Float64Array,
  ): readonly string[] {
    const before = this.#wrong.get(piece)
    this.#wrong.set(piece, { senders: [...senders], digests })
    const all = distinct(senders)
    if (all.length === 1) return all
    if (before === undefined) return []
    return mostAccused(differing(before, { senders, digests }))
  }

  /** Addresses to ban, now that the right blocks are known. */
  verified(piece: number, digests: Float64Array): readonly string[] {
    const wrong = this.#wrong.get(piece)
    this.#wrong.delete(piece)
    if (wrong === undefined) return []
    return distinct(wrong.senders.filter((_, block) => differ(wrong.digests, digests, block)))
  }
}

/** Both senders of each block that the two deliveries disagree about. */
function differing(one: Attempt, other: Attempt): (readonly string[])[] {
  const pairs: (readonly string[])[] = []
  for (let block = 0; block < one.digests.length; block++) {
    if (!differ(one.digests, other.digests, block)) continue
    pairs.push(distinct([one.senders[block], other.senders[block]]))
  }
  return pairs
}

/** A block that could not be read back is no evidence. */
function differ(one: Float64Array, other: Float64Array, block: number): boolean {
  const [a = -1, b = -1] = [one[block], other[block]]
  return a >= 0 && b >= 0 && a !== b
}

function mostAccused(pairs: readonly (readonly string[])[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const address of pairs.flat()) counts.set(address, (counts.get(address) ?? 0) + 1)
  const most = Math.max(0, ...counts.values())
  const accused = [...counts].filter(([, count]) => count === most).map(([address]) => address)
  // A tie tells nothing: better one more try than a ban of the innocent.
  return accused.length === 1 ? accused : []
}

function distinct(senders: readonly (string | undefined)[]): string[] {
  return [...new Set(senders.filter((sender) => sender !== undefined))]
}
