/** A torrent that would be at work. */
export interface TurnCandidate {
  readonly id: number
  readonly wish: 'download' | 'seed'
  /** Somebody watches it. */
  readonly isStreamed: boolean
  readonly hasTurn: boolean
  /** When bytes last went in or out, or it got its turn; when it lost it; any clock, ms. */
  readonly since: number
}

export interface TurnLimits {
  readonly maxActiveDownloads: number
  readonly maxActiveSeeds: number
}

/**
 * A torrent that moves nothing lets others have its turn after so long, ms: somebody may wait for what is
 * to be downloaded, and one without peers is not to keep it from that.
 */
export const STALLED_AFTER_MS = { download: 60_000, seed: 10 * 60_000 } as const

/**
 * Who may be at work, by id. Whoever is streamed is; of the others those go on that move bytes, then
 * those come that have waited longest (of new ones those added first), and last those that stall.
 */
export function turnsOf(
  candidates: readonly TurnCandidate[],
  limits: TurnLimits,
  now: number,
): ReadonlySet<number> {
  const turns = new Set<number>()
  for (const wish of ['download', 'seed'] as const) {
    const limit = wish === 'download' ? limits.maxActiveDownloads : limits.maxActiveSeeds
    const all = candidates.filter((candidate) => candidate.wish === wish)
    const streamed = all.filter(({ isStreamed }) => isStreamed)
    for (const { id } of streamed) turns.add(id)
    const others = all.filter(({ isStreamed }) => !isStreamed)
    const room = Math.max(0, limit - streamed.length)
    // With room for all nobody has to be compared.
    const chosen = others.length <= room ? others : others.sort(byRank(now)).slice(0, room)
    for (const { id } of chosen) turns.add(id)
  }
  return turns
}

function byRank(now: number): (a: TurnCandidate, b: TurnCandidate) => number {
  const rank = ({ wish, hasTurn, since }: TurnCandidate): number => {
    if (!hasTurn) return 1
    return now - since < STALLED_AFTER_MS[wish] ? 0 : 2
  }
  return (a, b) => rank(a) - rank(b) || a.since - b.since || a.id - b.id
}
