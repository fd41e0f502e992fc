import { BLOCK_LENGTH } from '../../pieces/block.ts'
import type { Conduct } from './conduct.ts'
import type { SwarmPace } from './swarm-pace.ts'
import type { Timing } from './wire-timing.ts'

/** What matters of a wire. */
export interface QueuedWire {
  readonly requestLimit: number
  /** Something is asked of it. */
  readonly isBusy: boolean
  readonly conduct: Pick<Conduct, 'isSnubbed' | 'delivered'>
  readonly timing: Timing
}

/** Beyond the round trip, so long a queue keeps a wire busy between two plans; ms. */
export const STEADY_QUEUE_MS = 400
/** While a reader is starving: what is asked next must not stand behind much; ms. */
export const STARVING_QUEUE_MS = 120
/**
 * A peer with an upload limit sends in turns, a batch every 250 to 500 ms, and gives no more in one than
 * is asked for by then: so many turns are asked for, up to this long; ms.
 */
const TURNS = 2
/** The same where a film goes on no faster than slow seeds send. */
export const CROWD_TURNS: number = 2 * TURNS
const LONGEST_TURN_MS = 600
/**
 * A turn is a pause that is so many times longer than a block takes on average, and so long; ms. What is
 * shorter may be our own line that is full, and is within the usual queue.
 */
const TURN_BLOCKS = 1.5
const SHORTEST_TURN_MS = 300
/** Nobody waits: throughput first, for which there has to be room for several turns of a peer; ms. */
const BACKGROUND_QUEUE_MS = 4_000
/** But what has been asked for still comes when the disk stalls, and must fit into memory. */
const BACKGROUND_BLOCKS = (4 * 1_048_576) / BLOCK_LENGTH
/**
 * So many of the usual ones each wire may have whatever the others do: a batch of blocks makes a peer look fast for a while,
 * and the others must not run dry over it.
 */
const OWN_BLOCKS = 32

/** Blocks outstanding before the first one has come. More would be lost on a peer that is dead. */
const FIRST_BLOCKS = 6
/** The same once two others have delivered: there is no need to bet on a stranger. */
const STRANGER_BLOCKS = 2
/** Slow start: blocks outstanding more for each block received, until the rate is known. */
const BLOCKS_PER_BLOCK = 3
/** A queue is longer by so many times what intervals between blocks usually differ by. */
const UNEVEN = 2
/** The number of wires that have to deliver before strangers are kept from what is urgent. */
export const ENOUGH_DELIVERING = 2

/** How many requests may be outstanding with the wire, `beyondMs` longer than its round trip. */
export function queueLimit(
  wire: QueuedWire,
  pace: SwarmPace,
  beyondMs: number,
  turns: number = TURNS,
): number {
  // Two keep a slow wire busy while an answer is under way; one is enough where others are faster.
  const fewest = beyondMs <= STARVING_QUEUE_MS ? 1 : 2
  // A peer that answers now sooner, now later runs dry in between if its queue is too short.
  const unevenMs = beyondMs + UNEVEN * wire.timing.deviationMs
  const longestMs = Math.max(
    beyondMs,
    Math.min(STEADY_QUEUE_MS, unevenMs),
    turnsMs(wire.timing, turns),
  )
  return Math.min(wire.requestLimit, wantedQueue(wire, pace, longestMs, fewest))
}

/** 0 where it sends evenly. */
function turnsMs({ blockMs, turnMs }: Timing, turns: number): number {
  const isTurn = turnMs >= Math.max(SHORTEST_TURN_MS, TURN_BLOCKS * blockMs)
  return isTurn ? turns * Math.min(LONGEST_TURN_MS, turnMs) : 0
}

/** The same while nobody streams. */
export function backgroundQueueLimit(wire: QueuedWire, pace: SwarmPace): number {
  const together = pace.busyBlocksPerMs + (wire.isBusy ? 0 : 1 / wire.timing.blockMs)
  const beyondMs = Math.min(BACKGROUND_QUEUE_MS, BACKGROUND_BLOCKS / together)
  return Math.min(wire.requestLimit, wantedQueue(wire, pace, beyondMs, 2))
}

/** What each wire may be asked for whatever the others do, while nobody streams. */
export function ownQueueLimit(wire: QueuedWire, pace: SwarmPace): number {
  const own = Math.floor(Math.min(OWN_BLOCKS, BACKGROUND_BLOCKS / Math.max(1, pace.delivering)))
  return Math.min(wire.requestLimit, own, wantedQueue(wire, pace, BACKGROUND_QUEUE_MS, 2))
}

function wantedQueue(wire: QueuedWire, pace: SwarmPace, beyondMs: number, fewest: number): number {
  const { delivered, isSnubbed } = wire.conduct
  if (isSnubbed) return 1
  if (delivered === 0) return pace.delivering < ENOUGH_DELIVERING ? FIRST_BLOCKS : STRANGER_BLOCKS
  const { blockMs, isRateKnown, roundTripMs } = wire.timing
  const steady = Math.max(fewest, Math.ceil((roundTripMs + beyondMs) / blockMs))
  return isRateKnown ? steady : Math.min(steady, FIRST_BLOCKS + BLOCKS_PER_BLOCK * delivered)
}
