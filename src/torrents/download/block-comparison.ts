import type { Logger } from '../../log.ts'
import { BLOCK_LENGTH } from '../pieces/block.ts'
import type { BlockProvenance, Sender } from '../pieces/block-provenance.ts'
import type { PieceLayout } from '../pieces/piece-layout.ts'
import type { Comparisons } from '../scheduler/comparisons.ts'
import { compareCopies } from './copies-compared.ts'
import type { BlockStore } from './ports.ts'
import { SampleChecks } from './sample-checks.ts'

export interface BlockComparisonOptions {
  readonly layout: PieceLayout
  readonly store: BlockStore
  /** Who hears what has been found. */
  readonly comparisons: Comparisons
  readonly provenance: BlockProvenance
  readonly log: Logger
  /** A viewer may see these bytes of a piece now. */
  readonly wake: (piece: number, offset: number, length: number) => void
  /** Something has to be fetched again. */
  readonly changed: () => void
  /** Some peer has lost its say: whoever was doubted over it alone is not any more. */
  readonly outvoted: () => void
  readonly ban: (peers: readonly string[]) => void
}

/** More than are written at a time. */
const MOST_BEING_WRITTEN = 1_024

/** Of a block that has come again; bytes of the piece. */
export interface CopiedBlock {
  readonly piece: number
  readonly offset: number
}

/** Compares what different addresses send of the same blocks: whole second copies, and samples. */
export class BlockComparison {
  readonly samples: SampleChecks
  readonly #options: BlockComparisonOptions
  /** Blocks that are doubted and could not be taken back yet, with their senders. */
  readonly #beingWritten = new Set<CopiedBlock & { readonly sender: Sender | undefined }>()

  constructor(options: BlockComparisonOptions) {
    const { layout, store, provenance, comparisons, log, wake, ban } = options
    this.#options = options
    this.samples = new SampleChecks({
      ...{ layout, store, provenance },
      agreed: (piece, offset, voucher) => {
        this.#vouched(piece, offset, voucher)
        wake(piece, offset - (offset % BLOCK_LENGTH), BLOCK_LENGTH)
      },
      contradicted: (one, other) => {
        this.#outvoted(comparisons.contradicted(one, other))
      },
      doubted: (piece, offset) => this.#doubt(piece, offset),
      lied: ban,
      failed: (error) => log.debug({ err: error }, 'cannot compare a sample'),
    })
  }

  /** A second copy of a block has come; `data` is valid during the call only. */
  copied(from: Sender, place: CopiedBlock, data: Uint8Array): void {
    this.#compare(from, place, data).catch((error: unknown) => {
      const { piece } = place
      this.#options.log.debug({ err: error, piece }, 'cannot compare two copies of a block')
    })
  }

  /** A second copy from another address vouches for the first; where they differ, neither counts. */
  async #compare(from: Sender, { piece, offset }: CopiedBlock, second: Uint8Array): Promise<void> {
    // The wire uses its memory for the next block once this turn is over.
    const kept = new Uint8Array(second)
    const { comparisons, layout, provenance, store, wake } = this.#options
    const position = layout.startOf(piece) + offset
    const block = offset / BLOCK_LENGTH
    const sender = provenance.senderOf(piece, block)
    if (sender === undefined) return
    const outcome = await compareCopies(store, { piece, offset, position }, kept)
    // Another copy may have had the first one dropped meanwhile: what comes next is not vouched for.
    if (provenance.senderOf(piece, block) !== sender) return
    if (outcome === 'same') {
      comparisons.proven(piece, offset)
      // Further copies are taken back at once.
      this.#options.changed()
      this.#vouched(piece, offset, from.peer)
      wake(piece, offset, kept.length)
    } else if (outcome === 'different') {
      await this.samples.copyDiffers(from, { piece, offset }, kept)
      if (provenance.senderOf(piece, block) === sender) this.#doubt(piece, offset)
    }
  }

  #vouched(piece: number, offset: number, voucher: string): void {
    this.#outvoted(this.#options.comparisons.vouched(piece, offset, voucher))
  }

  #outvoted(peers: readonly string[]): void {
    if (peers.length === 0) return
    for (const peer of peers) this.doubtAllOf(peer)
    // What they were asked for is taken back at once.
    this.#options.changed()
    this.#options.outvoted()
  }

  /** What a liar has sent would spoil its pieces, the right blocks of others along with it. */
  doubtAllOf(peer: string): void {
    for (const { piece, block } of this.#options.provenance.unprovenOf(peer)) {
      this.#doubt(piece, block * BLOCK_LENGTH)
    }
  }

  /** A block has come: those that were being written when they were doubted may be on the disk by now. */
  doubtAgain(): void {
    if (this.#beingWritten.size === 0) return
    const doubted = [...this.#beingWritten]
    this.#beingWritten.clear()
    for (const { piece, offset, sender } of doubted) {
      const isSame = this.#options.provenance.senderOf(piece, offset / BLOCK_LENGTH) === sender
      if (isSame) this.#doubt(piece, offset)
    }
  }

  /** Nobody knows whether the block is right: it is fetched again, where others have it. */
  #doubt(piece: number, offset: number): void {
    const { changed, comparisons, provenance, store } = this.#options
    if (!comparisons.hasOtherSender(piece, offset)) return
    if (store.dropBlock(piece, offset)) {
      comparisons.discarded(piece, offset)
      changed()
    } else if (this.#beingWritten.size < MOST_BEING_WRITTEN) {
      const sender = provenance.senderOf(piece, offset / BLOCK_LENGTH)
      this.#beingWritten.add({ piece, offset, sender })
    }
  }
}
