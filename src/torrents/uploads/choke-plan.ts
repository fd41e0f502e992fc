/** A peer that may be uploaded to, as far as choking is concerned. */
export interface ChokeCandidate {
  readonly id: number
  readonly isInterested: boolean
  readonly isUnchoked: boolean
  /** Since the last round, blocks alone. */
  readonly receivedBytes: number
  readonly sentBytes: number
}

/** What choking remembers from one round to the next. Times are in milliseconds. */
export interface ChokeState {
  /** The peer that is unchoked whatever it gives; `null` for none. */
  readonly optimistic: number | null
  readonly optimisticSince: number
  /** When the peers that are unchoked were unchoked. */
  readonly unchokedAt: ReadonlyMap<number, number>
}

export interface ChokeRules {
  /** Peers unchoked at once, the optimistic one among them. */
  readonly slots: number
  /** Nothing more is wanted from anybody. */
  readonly isSeeding: boolean
  /** 0 up to, not including, 1. */
  readonly random: () => number
}

/** BEP 3: rates are compared, and peers choked, so often. */
export const CHOKE_ROUND_MS = 10_000
/** BEP 3: the optimistic unchoke moves on after three rounds. */
const OPTIMISTIC_MS = 3 * CHOKE_ROUND_MS
/** A peer that we seed to keeps its slot so long, whatever it takes: a rate needs time to rise. */
const SEED_TURN_MS = 2 * CHOKE_ROUND_MS

export const NO_CHOKE_STATE: ChokeState = {
  optimistic: null,
  optimisticSince: 0,
  unchokedAt: new Map(),
}

/**
 * Who is unchoked in the next round (BEP 3): while we download, whoever sends us most; while we seed,
 * whoever takes most; in either case one more, chosen by chance for half a minute.
 */
export function chokePlan(
  candidates: readonly ChokeCandidate[],
  state: ChokeState,
  now: number,
  rules: ChokeRules,
): ChokeState {
  const interested = candidates.filter(({ isInterested }) => isInterested)
  if (rules.slots < 1) return NO_CHOKE_STATE
  if (interested.length <= rules.slots) return stateOf(interested, state, null, now)
  const kept = interested.find(({ id }) => id === state.optimistic)
  const isOver = now - state.optimisticSince >= OPTIMISTIC_MS
  const worth = rules.isSeeding ? seedingWorth(state, now) : downloadingWorth
  const ranked = interested
    .filter((peer) => isOver || peer !== kept)
    .sort((a, b) => worth(b) - worth(a))
  const best = ranked.slice(0, rules.slots - 1)
  const optimistic = kept !== undefined && !isOver ? kept : oneOf(ranked, rules)
  return stateOf(
    [...best, ...(optimistic === undefined ? [] : [optimistic])],
    state,
    optimistic,
    now,
  )
}

function oneOf(
  ranked: readonly ChokeCandidate[],
  { slots, random }: ChokeRules,
): ChokeCandidate | undefined {
  const others = ranked.slice(slots - 1)
  const waiting = others.filter(({ isUnchoked }) => !isUnchoked)
  const chosen = waiting.length > 0 ? waiting : others
  return chosen[Math.floor(random() * chosen.length)]
}

const downloadingWorth = ({ receivedBytes, sentBytes, isUnchoked }: ChokeCandidate): number =>
  // Who gives the same is told apart by what it takes, and is not choked without need.
  receivedBytes * 1e6 + sentBytes + (isUnchoked ? 0.5 : 0)

const seedingWorth =
  ({ unchokedAt }: ChokeState, now: number) =>
  ({ id, sentBytes, isUnchoked }: ChokeCandidate): number => {
    const isInTurn = isUnchoked && now - (unchokedAt.get(id) ?? now) < SEED_TURN_MS
    return isInTurn ? Number.MAX_SAFE_INTEGER : sentBytes + (isUnchoked ? 0.5 : 0)
  }

function stateOf(
  unchoked: readonly ChokeCandidate[],
  before: ChokeState,
  optimistic: ChokeCandidate | null | undefined,
  now: number,
): ChokeState {
  const isSame = optimistic?.id === before.optimistic
  return {
    optimistic: optimistic?.id ?? null,
    optimisticSince: isSame ? before.optimisticSince : now,
    unchokedAt: new Map(unchoked.map(({ id }) => [id, before.unchokedAt.get(id) ?? now])),
  }
}
