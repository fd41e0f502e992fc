/** One delivery of a piece that turned out to be wrong. */
interface Attempt {
  readonly senders: readonly (string | undefined)[]
  /** One number per block; equal numbers mean equal bytes, negative ones tell nothing. */
  readonly digests: Float64Array
}

/** Wrong deliveries kept of one piece; what comes later was sent by others. */
const MOST_ATTEMPTS = 8
/** Pieces that are wrong and not right yet; those that failed first are forgotten first. */
const MOST_PIECES = 1_024

/**
 * Finds out who sent the wrong blocks of a piece, by proof alone: one sender of a whole wrong piece is
 * guilty at once; of several, those are whose block differs from the right one once that is known. Who
 * merely contributed to a wrong piece is not accused (see scheduler/model/parole.ts for what happens instead).
 */
export class SmartBan {
  readonly #wrong = new Map<number, Attempt[]>()

  /** Pieces that failed and are not right yet: their blocks' digests are needed when they are. */
  isSuspect(piece: number): boolean {
    return this.#wrong.has(piece)
  }

  /** The peer that is proven to have lied by this delivery, if any. */
  failed(
    piece: number,
    senders: readonly (string | undefined)[],
    digests: Float64Array,
  ): string | null {
    const attempts = this.#wrong.get(piece) ?? []
    if (attempts.length < MOST_ATTEMPTS) attempts.push({ senders: [...senders], digests })
    this.#wrong.set(piece, attempts)
    const [oldest] = this.#wrong.keys()
    if (this.#wrong.size > MOST_PIECES && oldest !== undefined) this.#wrong.delete(oldest)
    const [only, ...others] = new Set(senders)
    return others.length === 0 ? (only ?? null) : null
  }

  /** Peers that lied, now that the right blocks are known. */
  verified(piece: number, digests: Float64Array): readonly string[] {
    const attempts = this.#wrong.get(piece) ?? []
    this.#wrong.delete(piece)
    const liars = attempts.flatMap((wrong) =>
      wrong.senders.filter((_, block) => differ(wrong.digests, digests, block)),
    )
    return [...new Set(liars)].filter((liar) => liar !== undefined)
  }
}

/** A block that could not be read back is no evidence. */
function differ(one: Float64Array, other: Float64Array, block: number): boolean {
  const [a = -1, b = -1] = [one[block], other[block]]
  return a >= 0 && b >= 0 && a !== b
}
