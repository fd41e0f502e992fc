import type { Logger } from '../../log.ts'
import { BLOCK_LENGTH } from '../pieces/block.ts'
import type { BlockProvenance } from '../pieces/block-provenance.ts'
import type { PieceLayout } from '../pieces/piece-layout.ts'
import type { BlockScheduler } from '../scheduler/scheduler.ts'
import { compareCopies } from './copies-compared.ts'
import type { BlockStore } from './ports.ts'
import { SampleChecks } from './sample-checks.ts'

export interface BlockComparisonOptions {
  readonly layout: PieceLayout
  readonly store: BlockStore
  readonly scheduler: BlockScheduler
  readonly provenance: BlockProvenance
  readonly log: Logger
  /** A viewer may see these bytes of a piece now. */
  readonly wake: (piece: number, offset: number, length: number) => void
  /** Something has to be fetched again. */
  readonly changed: () => void
  readonly ban: (peers: readonly string[]) => void
}

/** Compares what different addresses send of the same blocks: whole second copies, and samples. */
export class BlockComparison {
  readonly samples: SampleChecks
  readonly #options: BlockComparisonOptions

  constructor(options: BlockComparisonOptions) {
    const { layout, store, provenance, scheduler, log, wake, ban } = options
    this.#options = options
    this.samples = new SampleChecks({
      ...{ layout, store, provenance },
      agreed: (piece, offset, voucher) => {
        scheduler.blockVouched(piece, offset, voucher)
        wake(piece, offset - (offset % BLOCK_LENGTH), BLOCK_LENGTH)
      },
      contradicted: (one, other) => {
        for (const peer of scheduler.peersContradict(one, other)) this.#doubtAllOf(peer)
      },
      doubted: (piece, offset) => this.#doubt(piece, offset),
      lied: ban,
      failed: (error) => log.debug({ err: error }, 'cannot compare a sample'),
    })
  }

  /** A second copy of a block has come; `data` is valid during the call only. */
  copied(piece: number, offset: number, data: Uint8Array): void {
    this.#compare(piece, offset, data).catch((error: unknown) => {
      this.#options.log.debug({ err: error, piece }, 'cannot compare two copies of a block')
    })
  }

  /** A second copy from another address vouches for the first; where they differ, neither counts. */
  async #compare(piece: number, offset: number, second: Uint8Array): Promise<void> {
    const { layout, provenance, scheduler, store, wake } = this.#options
    const position = layout.startOf(piece) + offset
    const block = offset / BLOCK_LENGTH
    const sender = provenance.senderOf(piece, block)
    if (sender === undefined) return
    const outcome = await compareCopies(store, { piece, offset, position }, second)
    // Another copy may have had the first one dropped meanwhile: what comes next is not vouched for.
    if (provenance.senderOf(piece, block) !== sender) return
    if (outcome === 'same') {
      scheduler.blockProven(piece, offset)
      wake(piece, offset, second.length)
    } else if (outcome === 'different') this.#doubt(piece, offset)
  }

  /** What a liar has sent would spoil its pieces, the right blocks of others along with it. */
  #doubtAllOf(peer: string): void {
    for (const { piece, block } of this.#options.provenance.unprovenOf(peer)) {
      this.#doubt(piece, block * BLOCK_LENGTH)
    }
  }

  /** Nobody knows whether the block is right: it is fetched again, where others have it. */
  #doubt(piece: number, offset: number): void {
    const { changed, scheduler, store } = this.#options
    if (scheduler.hasOtherSender(piece, offset)) {
      if (store.dropBlock(piece, offset)) scheduler.blockDiscarded(piece, offset)
    }
    changed()
  }
}
