import type { Arrivals } from './arrivals.ts'
import type { SchedulerState } from './model/scheduler-state.ts'

export interface SchedulerStats {
  /** Blocks asked for and taken back since the beginning. */
  readonly requestedBlocks: number
  readonly cancelledBlocks: number
  /** Bytes that were missing. */
  readonly receivedBytes: number
  /** Redundant ones, that were here already, and those asked for to compare. */
  readonly redundantBytes: number
  readonly copyBytes: number
  /** At present. */
  readonly outstandingBlocks: number
  readonly downloadingPieces: number
}

/** As it is at this moment; walks over all wires. */
export function statsOf(state: SchedulerState, arrivals: Arrivals): SchedulerStats {
  const { cancelledBlocks, ledger, requestedBlocks, wires } = state
  const { copyBytes, redundantBytes, receivedBytes } = arrivals
  let outstandingBlocks = 0
  for (const wire of wires.values()) outstandingBlocks += wire.queue.size
  return {
    requestedBlocks,
    cancelledBlocks,
    receivedBytes,
    redundantBytes,
    copyBytes,
    outstandingBlocks,
    downloadingPieces: ledger.downloadingCount,
  }
}
