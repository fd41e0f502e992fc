import { BLOCK_LENGTH } from '../../pieces/block.ts'
import type { SwarmPace } from './swarm-pace.ts'

/** Bytes that may come twice at once, as at a start among bad peers. */
const ALLOWANCE_BYTES = 512 * 1_024
/** Or what the swarm sends in so long: a fast peer that stops leaves more behind; ms. */
const ALLOWANCE_MS = 100
/** Beyond that, the share of what arrives that may have come before. */
const TOLERATED_SHARE = 0.02

/**
 * Keeps account of redundant bytes: those that came twice for nothing. Where much does, as on a line that is full,
 * more duplicates would only make everything later.
 */
export class Redundancy {
  #debt = 0

  received(bytes: number): void {
    this.#debt = Math.max(0, this.#debt - bytes * TOLERATED_SHARE)
  }

  redundant(bytes: number): void {
    this.#debt += bytes
  }

  /** `outstanding`: requests for blocks that another wire has been asked for, too. */
  isExcessive(outstanding: number, { blocksPerMs }: SwarmPace): boolean {
    const allowance = Math.max(ALLOWANCE_BYTES, ALLOWANCE_MS * blocksPerMs * BLOCK_LENGTH)
    return this.#debt + outstanding * BLOCK_LENGTH > allowance
  }
}
