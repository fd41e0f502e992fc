import { Dice } from './dice.ts'
import type { PeerFacts } from './simulated-peer.ts'
import type { ReaderFacts, SimulatedReader } from './simulated-reader.ts'
import { SimulatedSwarm } from './simulated-swarm.ts'

const KIB = 1_024
const MIB = 1_048_576
const PIECE_LENGTHS = [16 * KIB, 48 * KIB, 100_000, 256 * KIB, MIB, 4 * MIB, 16 * MIB]
const HOUR_MS = 3_600_000

export interface GeneratedSwarm {
  readonly swarm: SimulatedSwarm
  /** Readers that are still open, and must all come to their end. */
  readonly readers: readonly SimulatedReader[]
  /** By when they must; ms. */
  readonly deadline: number
}

/** A swarm with all that can happen to one, but with one honest seed that stays. */
export function generateSwarm(seed: number): GeneratedSwarm {
  const dice = new Dice(seed)
  const pieceLength = dice.pick(PIECE_LENGTHS)
  const least = Math.max(MIB, 1.1 * pieceLength)
  const length = Math.floor(dice.between(least, Math.max(3 * MIB, least * 1.3)))
  const pieceCount = Math.ceil(length / pieceLength)
  const anchor = { bytesPerMs: dice.between(200, 3_000), roundTripMs: dice.scale(1, 300) }
  const others = Array.from({ length: dice.whole(0, 11) }, () => drawPeer(dice, pieceCount))
  const swarm = new SimulatedSwarm({
    pieceLength,
    length,
    verification: dice.pick(['proven', 'proven', 'always', 'off']),
    seed,
    peers: [...others, { ...anchor, waitsForInterest: dice.chance(0.5) }],
    onDemand: dice.chance(0.7),
    ...(dice.chance(0.3) ? { downlinkBytesPerMs: dice.scale(500, 20_000) } : {}),
    ...(dice.chance(0.3) ? { backgroundBytesLimit: 2 * pieceLength } : {}),
  })
  const readers = Array.from({ length: dice.whole(1, 4) }, () => addReader(dice, swarm))
  return { swarm, readers, deadline: 2 * HOUR_MS + (20 * length) / anchor.bytesPerMs }
}

function drawPeer(dice: Dice, pieceCount: number): PeerFacts {
  const isPartial = dice.chance(0.4)
  const share = dice.between(0.1, 0.9)
  const pieces = new Set<number>()
  for (let piece = 0; piece < pieceCount; piece++) if (dice.chance(share)) pieces.add(piece)
  const silentFrom = dice.chance(0.2) ? dice.between(0, 4_000) : undefined
  const chokes = Array.from({ length: 2 * dice.whole(1, 3) }, () => dice.between(0, 8_000))
  return {
    bytesPerMs: dice.scale(4, 3_000),
    roundTripMs: dice.scale(1, 400),
    jitterMs: dice.chance(0.5) ? dice.between(0, 100) : 0,
    ...(isPartial ? { pieces: (piece: number) => pieces.has(piece) } : {}),
    ...(silentFrom === undefined ? {} : { silentFrom }),
    ...(silentFrom !== undefined && dice.chance(0.5) ? { silentUntil: silentFrom + 6_000 } : {}),
    ...(dice.chance(0.1) ? { lies: dice.between(0.01, 1) } : {}),
    ...(dice.chance(0.3) ? { requestLimit: dice.whole(1, 20) } : {}),
    isFast: dice.chance(0.5),
    ...(dice.chance(0.2) ? { allowedFast: [0, 1, dice.whole(0, pieceCount - 1)] } : {}),
    ...(dice.chance(0.2) ? { committedBytes: dice.whole(0, 8) * 16_384 } : {}),
    ...(dice.chance(0.3) ? { chokesAt: chokes.sort((a, b) => a - b) } : {}),
    ...(dice.chance(0.2) ? { address: '10.9.9.9' } : {}),
    waitsForInterest: dice.chance(0.5),
    ...(dice.chance(0.3) ? { joinsAt: dice.between(0, 3_000) } : {}),
    ...(dice.chance(0.2) ? { leavesAt: dice.between(500, 6_000) } : {}),
  }
}

function addReader(dice: Dice, swarm: SimulatedSwarm): SimulatedReader {
  const { length } = swarm.layout
  const from = dice.chance(0.5) ? 0 : Math.floor(dice.between(0, length / 2))
  const to = dice.chance(0.5) ? length : Math.floor(dice.between(from + 1, length))
  const facts: ReaderFacts = {
    from,
    to,
    bytesPerMs: dice.chance(0.5) ? Number.POSITIVE_INFINITY : dice.scale(500, 5_000),
    verifiedOnly: dice.chance(0.2),
    priority: dice.pick(['viewer', 'viewer', 'viewer', 'probe']),
  }
  const reader = swarm.open(facts)
  if (dice.chance(0.5)) {
    const position = Math.floor(dice.between(from, to))
    swarm.events.at(dice.between(0, 3_000), () => swarm.seek(reader, position))
  }
  if (dice.chance(0.2)) {
    const at = dice.between(0, 3_000)
    swarm.events.at(at, () => swarm.pause(reader, true))
    swarm.events.at(at + HOUR_MS, () => swarm.pause(reader, false))
  }
  return reader
}
