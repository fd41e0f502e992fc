/** A piece that is right, how long it took, and who gave most of it (`ip:port`). */
export interface TimedPiece {
  /** From the first request to the verified piece. */
  readonly ms: number
  readonly giver: string | null
}

/** How long pieces take. */
export class PieceTimes {
  readonly #firstRequestAt = new Map<number, number>()
  /** Milliseconds, over all pieces that came to be right. */
  totalMs = 0

  /** A block of it was asked for at `now`, milliseconds; the first time counts. */
  requested(piece: number, now: number): void {
    if (!this.#firstRequestAt.has(piece)) this.#firstRequestAt.set(piece, now)
  }

  /** `senders` are those of its blocks. `null` for a piece that was never asked for. */
  verified(
    piece: number,
    senders: readonly (string | undefined)[],
    now: number,
  ): TimedPiece | null {
    const from = this.#firstRequestAt.get(piece)
    if (from === undefined) return null
    this.#firstRequestAt.delete(piece)
    const ms = now - from
    this.totalMs += ms
    return { ms, giver: mostFrequent(senders) }
  }
}

function mostFrequent(values: readonly (string | undefined)[]): string | null {
  const counts = new Map<string, number>()
  let best: string | null = null
  for (const value of values) {
    if (value === undefined) continue
    const count = (counts.get(value) ?? 0) + 1
    counts.set(value, count)
    if (best === null || count > (counts.get(best) ?? 0)) best = value
  }
  return best
}
