import { BLOCK_LENGTH } from '../../pieces/block.ts'
import { READY_BLOCKS, type Reader } from '../model/reader.ts'
import type { SchedulerState } from '../model/scheduler-state.ts'
import type { Wire } from '../model/wire.ts'

/**
 * So far ahead of a reader it is looked who has what, and no less than two pieces; after it was opened or has
 * sought, as far as what a player begins with.
 */
const HORIZON_BLOCKS = (8 * 1_048_576) / BLOCK_LENGTH
const FEWEST_PIECES = 2
/** For each reader no more often; ms. */
const INTERVAL_MS = 250

interface Look {
  readonly at: number
  readonly isDivided: boolean
}

/** What is left to be asked for, in blocks, and how fast it may come, in blocks per ms. */
interface Share {
  blocks: number
  rate: number
}

/**
 * Finds readers for whom seeds should begin with what nobody else has: in a crowd of leechers, a film
 * goes on no faster than seeds bring the pieces that the others lack, and what they spend on the rest is
 * lost for that. Not where the others would then be later with theirs.
 */
export class SeedWork {
  readonly #state: SchedulerState
  readonly #looks = new WeakMap<Reader, Look>()
  #seeds: readonly Wire[] = []
  #leechers: readonly Wire[] = []

  constructor(state: SchedulerState) {
    this.#state = state
  }

  /** Looks at the wires anew. */
  observe(): void {
    this.#leechers = this.#state.leechers()
    this.#seeds = [...this.#state.wires.values()].filter(({ canBeAsked, isDelivering, pieces }) => {
      return canBeAsked && isDelivering && pieces.isFull
    })
  }

  get leechersBlocksPerMs(): number {
    return rateOf(this.#leechers)
  }

  /** Do seeds begin with what nobody else gives, and leave the rest to the others? */
  isDividedFor(reader: Reader): boolean {
    if (this.#seeds.length === 0 || this.#leechers.length === 0) return false
    const { now } = this.#state
    const known = this.#looks.get(reader)
    if (known !== undefined && now < known.at + INTERVAL_MS) return known.isDivided
    const isDivided = this.#isSeedLater(reader)
    this.#looks.set(reader, { at: now, isDivided })
    return isDivided
  }

  /** Are the seeds slower than all others together, and what they alone have holds the film up? */
  isHeldUpFor(reader: Reader): boolean {
    return this.isDividedFor(reader) && 2 * rateOf(this.#seeds) < rateOf(this.#leechers)
  }

  /** Does a leecher give the piece? */
  isHeldByLeechers(piece: number): boolean {
    return this.#leechers.some((wire) => wire.mayServe(piece))
  }

  /** Where the part of what the reader wants ends that is divided; exclusive. */
  endFor({ anchor, endBlock, front }: Reader): number {
    const { layout } = this.#state
    const blocks = front - anchor < READY_BLOCKS ? READY_BLOCKS : HORIZON_BLOCKS
    const piece = Math.min(layout.pieceCount - 1, layout.pieceOf(front) + FEWEST_PIECES - 1)
    return Math.min(endBlock, Math.max(front + blocks, layout.endBlockOf(piece)))
  }

  /** Do seeds need longer for what they alone have than the others for theirs? */
  #isSeedLater(reader: Reader): boolean {
    const { layout } = this.#state
    const end = this.endFor(reader)
    if (end <= reader.front) return false
    const scarce: Share = { blocks: 0, rate: rateOf(this.#seeds) }
    const common: Share = { blocks: 0, rate: 0 }
    const helpers = new Set<Wire>()
    let longestMs = 0
    for (let piece = layout.pieceOf(reader.front); piece <= layout.pieceOf(end - 1); piece++) {
      const free = this.#freeBlocks(piece)
      if (free === 0) continue
      const holders = this.#leechers.filter((wire) => wire.mayServe(piece))
      if (holders.length === 0) {
        scarce.blocks += free
        continue
      }
      common.blocks += free
      for (const wire of holders) helpers.add(wire)
      longestMs = Math.max(longestMs, free / rateOf(holders))
    }
    common.rate = rateOf([...helpers])
    if (scarce.blocks === 0 || scarce.rate === 0) return false
    const commonMs = common.blocks === 0 ? 0 : Math.max(longestMs, common.blocks / common.rate)
    return scarce.blocks / scarce.rate > commonMs
  }

  #freeBlocks(piece: number): number {
    const { layout, ledger } = this.#state
    if (!ledger.hasUnassigned(piece)) return 0
    const all = layout.endBlockOf(piece) - layout.firstBlockOf(piece)
    return ledger.downloading(piece)?.unassigned ?? all
  }
}

/** Blocks per ms. */
function rateOf(wires: readonly Wire[]): number {
  return wires.reduce((sum, { timing }) => sum + 1 / timing.blockMs, 0)
}
