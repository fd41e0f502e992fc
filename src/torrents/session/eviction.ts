/** Pieces of a torrent that may be freed. */
export interface EvictionCandidate<T> {
  readonly of: T
  /** Ascending. */
  readonly pieces: readonly number[]
  /** When a piece was last needed, in whole seconds of one clock for all candidates. */
  readonly lastUse: { of(piece: number): number }
  /** Bytes. */
  lengthOf(piece: number): number
}

/**
 * The pieces that were needed least recently, `bytes` of them or a little more, by candidate. Where a
 * second is as old as it has to be, its pieces go in their order.
 */
export function piecesToEvict<T>(
  candidates: readonly EvictionCandidate<T>[],
  bytes: number,
): Map<T, number[]> {
  const bytesBySecond = new Map<number, number>()
  for (const { pieces, lastUse, lengthOf } of candidates) {
    for (const piece of pieces) {
      const second = lastUse.of(piece)
      bytesBySecond.set(second, (bytesBySecond.get(second) ?? 0) + lengthOf(piece))
    }
  }
  let left = bytes
  const whole = new Set<number>()
  for (const [second, size] of [...bytesBySecond].sort(([a], [b]) => a - b)) {
    if (size > left) {
      return chosen(candidates, whole, { second, bytes: left })
    }
    left -= size
    whole.add(second)
  }
  return chosen(candidates, whole, null)
}

function chosen<T>(
  candidates: readonly EvictionCandidate<T>[],
  whole: ReadonlySet<number>,
  part: { readonly second: number; readonly bytes: number } | null,
): Map<T, number[]> {
  let left = part?.bytes ?? 0
  const evicted = new Map<T, number[]>()
  for (const { of, pieces, lastUse, lengthOf } of candidates) {
    const own = pieces.filter((piece) => {
      const second = lastUse.of(piece)
      if (whole.has(second)) return true
      if (second !== part?.second || left <= 0) return false
      left -= lengthOf(piece)
      return true
    })
    if (own.length > 0) evicted.set(of, own)
  }
  return evicted
}
