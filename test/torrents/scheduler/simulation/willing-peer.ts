import type { SwarmWire } from '../../../../src/torrents/swarm/swarm.ts'
import type { WireEvent } from '../../../../src/torrents/swarm/wire-events.ts'
import { Dice } from './dice.ts'
import type { PeerFacts } from './simulated-peer.ts'
import type { SimulatedReader } from './simulated-reader.ts'
import { SimulatedSwarm } from './simulated-swarm.ts'

const KIB = 1_024
const MIB = 1_048_576
const PIECE_LENGTHS = [16 * KIB, 256 * KIB, MIB, 4 * MIB]
/** Larger than what is fetched ahead. */
const HUGE_PIECE = 48 * MIB
/** Blocks that a peer gives anybody, whom it chokes too. */
const ALLOWED_FAST = 20
/** What a peer may say and no torrent has. */
const NONSENSE = [-1, 0.5, 1e9, 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY]
/** Four peers that never answer are given up one after the other, 25 s each; ms. */
export const LONGEST_WAIT_MS = 120_000

export interface WillingPeerSwarm {
  readonly swarm: SimulatedSwarm
  readonly readers: readonly SimulatedReader[]
  /** By when everybody has read everything, and all that is selected is here; ms. */
  readonly deadline: number
}

/**
 * One peer has everything and is honest, though it may be odd: it forgets requests, answers the last
 * first, refuses, chokes, takes one request at a time. The others do what peers should not.
 */
export function generateWillingPeerSwarm(seed: number): WillingPeerSwarm {
  const dice = new Dice(seed)
  const pieceLength = dice.chance(0.05) ? HUGE_PIECE : dice.pick(PIECE_LENGTHS)
  const length = Math.floor(dice.between(1.5, 3) * Math.max(pieceLength, 2 * MIB))
  const pieceCount = Math.ceil(length / pieceLength)
  const willing = drawWilling(dice, pieceCount)
  const others = Array.from({ length: dice.whole(0, 4) }, () => drawUseless(dice, pieceCount))
  const onDemand = dice.chance(0.6)
  const swarm = new SimulatedSwarm({
    pieceLength,
    length,
    verification: dice.pick(['proven', 'proven', 'always', 'off']),
    seed,
    peers: [...others, willing],
    onDemand,
  })
  for (const peer of swarm.peers.slice(0, -1)) talkNonsense(dice, swarm, peer.id)
  const count = onDemand ? dice.whole(1, 2) : dice.whole(0, 2)
  const readers = Array.from({ length: count }, () => {
    const from = dice.chance(0.5) ? 0 : Math.floor(dice.between(0, length - 1))
    return swarm.open({ from, to: length, bytesPerMs: Number.POSITIVE_INFINITY }, from)
  })
  // With one request at a time, each that it forgets costs the whole patience with a silent peer.
  const forgotten = ((willing.forgets ?? 0) * length) / 16_384
  const trouble = 600_000 + 40_000 * forgotten
  return { swarm, readers, deadline: trouble + (8 * length) / effectiveRate(willing) }
}

function drawWilling(dice: Dice, pieceCount: number): PeerFacts {
  const chokes = Array.from({ length: 4 }, () => dice.between(0, 8_000))
  return {
    bytesPerMs: dice.between(500, 5_000),
    roundTripMs: dice.scale(1, 300),
    isFast: dice.chance(0.5),
    chokesSilently: dice.chance(0.5),
    ...(dice.chance(0.4) ? { requestLimit: dice.pick([1, 2, 10]) } : {}),
    ...(dice.chance(0.3) ? { forgets: dice.pick([0.002, 0.02]) } : {}),
    ...(dice.chance(0.3) ? { refuses: dice.pick([0.02, 0.3]), isFast: true } : {}),
    ...(dice.chance(0.2) ? { isLastInFirstOut: true } : {}),
    ...(dice.chance(0.3) ? { chokesAt: chokes.sort((a, b) => a - b) } : {}),
    ...(dice.chance(0.3) ? { joinsAt: dice.between(0, 5_000) } : {}),
    ...(dice.chance(0.1)
      ? { waitsForInterest: true, allowedFast: Array.from({ length: pieceCount }, (_, i) => i) }
      : {}),
  }
}

/** Never the only one that helps, and not one that helps much. */
function drawUseless(dice: Dice, pieceCount: number): PeerFacts {
  const facts = { bytesPerMs: dice.between(100, 3_000), roundTripMs: dice.scale(1, 300) }
  const some = new Set(Array.from({ length: ALLOWED_FAST }, () => dice.whole(0, pieceCount - 1)))
  const has = (piece: number): boolean => some.has(piece)
  return dice.pick<PeerFacts>([
    { ...facts, silentFrom: 0 },
    { ...facts, isFast: true, refuses: 1 },
    { ...facts, forgets: 1 },
    { ...facts, forgets: 0.5 },
    { ...facts, lies: 1 },
    { ...facts, lies: 1, address: '10.8.8.8' },
    { ...facts, pieces: has, leavesAt: dice.between(200, 4_000) },
    { ...facts, isFast: true, chokesAt: [0], allowedFast: [...some] },
    { ...facts, silentFrom: dice.between(100, 3_000) },
  ])
}

function talkNonsense(dice: Dice, swarm: SimulatedSwarm, id: number): void {
  const { wireListener } = swarm.downloader
  for (let time = 0; time < 20; time++) {
    const number = dice.pick(NONSENSE)
    const bytes = new Uint8Array(dice.pick([0, 1, 16_383, 16_384, 70_000]))
    const tell = (event: WireEvent) => (wire: SwarmWire) => wireListener.wireEvent(wire, event)
    const send = (piece: number, offset: number) => (wire: SwarmWire) =>
      wireListener.block(wire, piece, offset, bytes)
    const say = dice.pick([
      tell({ kind: 'have', piece: number }),
      tell({ kind: 'allowed-fast', piece: number }),
      tell({ kind: 'request-limit', limit: number }),
      tell({ kind: 'rejected', piece: 0, offset: number }),
      tell({ kind: 'rejected', piece: number, offset: 0 }),
      send(number, 0),
      send(0, number),
      send(0, 0),
    ])
    swarm.events.at(dice.between(1, 5_000), () => {
      const wire = swarm.wires.get(id)
      if (wire !== undefined) say(wire)
    })
  }
}

/** What an odd peer can send at best, with one request at a time; bytes per ms. */
function effectiveRate({ bytesPerMs, roundTripMs, requestLimit = 250 }: PeerFacts): number {
  return Math.min(bytesPerMs, (requestLimit * 16_384) / (roundTripMs + 16_384 / bytesPerMs))
}
