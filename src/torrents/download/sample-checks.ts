import { BLOCK_LENGTH } from '../pieces/block.ts'
import type { BlockProvenance, Sender } from '../pieces/block-provenance.ts'
import type { PieceLayout } from '../pieces/piece-layout.ts'
import { compareCopies } from './copies-compared.ts'
import type { BlockStore } from './ports.ts'

/** Stretches kept until their block comes; the oldest are thrown away first. */
const MOST_EARLY = 1_024
/** Stretches kept that were contradicted, until their piece is verified; likewise. */
const MOST_DISPUTED = 1_024
/** Kept of two whole copies that differ, from the first byte on that does; bytes. */
const COMPARED_BYTES = 128

/** A stretch of a block as one peer has sent it. */
interface Stretch {
  readonly from: Sender
  readonly piece: number
  /** In the piece, bytes. */
  readonly offset: number
  readonly data: Uint8Array
}

export interface SampleChecksOptions {
  readonly layout: PieceLayout
  readonly store: Pick<BlockStore, 'unverifiedBytes' | 'read'>
  readonly provenance: BlockProvenance
  /** The stretch is what the block has there: its peer (`ip:port`) vouches for it. */
  readonly agreed: (piece: number, offset: number, voucher: string) => void
  readonly contradicted: (one: Sender, other: Sender) => void
  /** Nobody agrees with the block that is held. */
  readonly doubted: (piece: number, offset: number) => void
  /** Peers that have sent something else than what is right, which is known now. */
  readonly lied: (peers: readonly string[]) => void
  readonly failed: (error: unknown) => void
}

/** Compares samples with the blocks that they were taken of, whichever comes first. */
export class SampleChecks {
  readonly #options: SampleChecksOptions
  readonly #early = new Set<Stretch>()
  readonly #disputed = new Set<Stretch>()

  constructor(options: SampleChecksOptions) {
    this.#options = options
  }

  /** A sample has come; `data` is valid during the call only. */
  sampled(from: Sender, { piece, offset }: Omit<Stretch, 'from' | 'data'>, data: Uint8Array): void {
    const stretch = { from, piece, offset, data: new Uint8Array(data) }
    if (this.#options.provenance.senderOf(piece, blockOf(stretch)) === undefined) {
      keep(this.#early, stretch, MOST_EARLY)
    } else this.#run(this.#compare([stretch], []))
  }

  /** A block has come. */
  arrived(piece: number, block: number): void {
    if (this.#early.size === 0 && this.#disputed.size === 0) return
    const isOf = (one: Stretch): boolean => one.piece === piece && blockOf(one) === block
    const early = [...this.#early].filter(isOf)
    for (const stretch of early) this.#early.delete(stretch)
    const disputed = [...this.#disputed].filter(isOf)
    if (early.length + disputed.length > 0) this.#run(this.#compare(early, disputed))
  }

  /**
   * A whole copy of a block differs from the one that is held. What they differ in is remembered like two samples.
   */
  async copyDiffers(
    from: Sender,
    { piece, offset }: Omit<Stretch, 'from' | 'data'>,
    data: Uint8Array,
  ) {
    const { provenance, contradicted } = this.#options
    const sender = provenance.senderOf(piece, blockOf({ offset }))
    const held = await this.#held({ piece, offset, data })
    if (held === null || sender === undefined || sender.address === from.address) return
    if (provenance.senderOf(piece, blockOf({ offset })) !== sender) return
    const first = data.findIndex((byte, at) => byte !== held[at])
    const start = Math.max(0, Math.min(first, data.length - COMPARED_BYTES))
    const end = start + COMPARED_BYTES
    const place = { piece, offset: offset + start }
    keep(this.#disputed, { ...place, from: sender, data: held.slice(start, end) }, MOST_DISPUTED)
    keep(this.#disputed, { ...place, from, data: data.slice(start, end) }, MOST_DISPUTED)
    contradicted(sender, from)
  }

  /** The piece is right: whoever sent something else has lied. */
  verified(piece: number): void {
    this.#forgetEarly(piece)
    const disputed = [...this.#disputed].filter((stretch) => stretch.piece === piece)
    for (const stretch of disputed) this.#disputed.delete(stretch)
    if (disputed.length > 0) this.#run(this.#judge(disputed))
  }

  /** The piece was wrong. */
  pieceFailed(piece: number): void {
    this.#forgetEarly(piece)
  }

  #forgetEarly(piece: number): void {
    for (const stretch of this.#early) if (stretch.piece === piece) this.#early.delete(stretch)
  }

  #run(comparing: Promise<void>): void {
    comparing.catch((error: unknown) => this.#options.failed(error))
  }

  /**
   * All are of one block, which is held. Those that were contradicted before tell who is right, but are no reason to
   * doubt a block: they may be what was wrong.
   */
  async #compare(fresh: readonly Stretch[], contradictedBefore: readonly Stretch[]): Promise<void> {
    const { provenance, agreed, doubted } = this.#options
    const [first] = [...fresh, ...contradictedBefore]
    if (first === undefined) return
    const { piece, offset } = first
    const block = blockOf(first)
    const sender = provenance.senderOf(piece, block)
    // What comes from one address proves nothing.
    const isOther = ({ from }: Stretch): boolean => sender?.address !== from.address
    let isVouchedFor = false
    let isContradicted = false
    for (const stretch of [...fresh, ...contradictedBefore].filter(isOther)) {
      const outcome = await this.#outcomeOf(stretch)
      if (sender === undefined || provenance.senderOf(piece, block) !== sender) return
      if (outcome === 'different') {
        isContradicted ||= fresh.includes(stretch)
        await this.#dispute(sender, stretch)
      } else if (outcome === 'same' && !provenance.isDiscredited(stretch.from.peer)) {
        isVouchedFor = true
        agreed(piece, offset, stretch.from.peer)
      }
      if (provenance.senderOf(piece, block) !== sender) return
    }
    if (isContradicted && !isVouchedFor) doubted(piece, block * BLOCK_LENGTH)
  }

  #outcomeOf({ piece, offset, data }: Stretch): Promise<'same' | 'different' | 'unknown'> {
    const { layout, store } = this.#options
    const position = layout.startOf(piece) + offset
    return compareCopies(store, { piece, offset, position }, data)
  }

  /** What the sender of the block has sent there is something else. */
  async #dispute(sender: Sender, stretch: Stretch): Promise<void> {
    const { contradicted, provenance } = this.#options
    const own = await this.#held(stretch)
    if (provenance.senderOf(stretch.piece, blockOf(stretch)) !== sender) return
    if (own !== null) keep(this.#disputed, { ...stretch, from: sender, data: own }, MOST_DISPUTED)
    keep(this.#disputed, stretch, MOST_DISPUTED)
    contradicted(sender, stretch.from)
  }

  /** The stretch as the block that is held has it. */
  async #held({ piece, offset, data }: Omit<Stretch, 'from'>): Promise<Uint8Array | null> {
    const { layout, store } = this.#options
    const inMemory = store.unverifiedBytes(piece, offset)
    if (inMemory !== null) return new Uint8Array(inMemory.subarray(0, data.length))
    const bytes = new Uint8Array(data.length)
    const count = await store.read(layout.startOf(piece) + offset, bytes)
    return count === bytes.length ? bytes : null
  }

  async #judge(disputed: readonly Stretch[]): Promise<void> {
    const { layout, store, lied } = this.#options
    const liars = new Set<string>()
    for (const { piece, offset, data, from } of disputed) {
      const right = new Uint8Array(data.length)
      const count = await store.read(layout.startOf(piece) + offset, right)
      if (count === right.length && Buffer.compare(right, data) !== 0) liars.add(from.peer)
    }
    if (liars.size > 0) lied([...liars])
  }
}

function blockOf({ offset }: Pick<Stretch, 'offset'>): number {
  return Math.floor(offset / BLOCK_LENGTH)
}

function keep(kept: Set<Stretch>, stretch: Stretch, most: number): void {
  kept.add(stretch)
  const [oldest] = kept
  if (kept.size > most && oldest !== undefined) kept.delete(oldest)
}
