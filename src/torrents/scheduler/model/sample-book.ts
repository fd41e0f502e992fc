import type { Wire } from './wire.ts'

/** A stretch of a block that a second address is asked for, to compare it with the block. */
export interface Sample {
  readonly wire: Wire
  readonly piece: number
  /** Of the block in the torrent. */
  readonly index: number
  /** In the piece, bytes; never where a block begins. */
  readonly offset: number
  /** Bytes. */
  readonly length: number
  /** It is relied on until then; ms. */
  reliedOnUntil: number
  isAnswered: boolean
}

/** Answers waited for altogether; each is short. */
const MOST_WAITED_FOR = 2_048

/** Which samples were asked for, and which of them have come. */
export class SampleBook {
  readonly #waitedFor = new Map<string, Sample>()
  readonly #ofBlock = new Map<number, Sample[]>()
  /** Blocks for which nobody was found to be asked. */
  readonly #hopeless = new Set<number>()
  /** Peers (`ip:port`) that have left, or refused, when asked for a sample. */
  readonly #unwilling = new Set<string>()

  get hasRoom(): boolean {
    return this.#waitedFor.size < MOST_WAITED_FOR
  }

  /** All that were asked for since the block's piece was begun. */
  of(index: number): readonly Sample[] {
    return this.#ofBlock.get(index) ?? []
  }

  /** There is nobody, or nobody any more, who could be asked for one of the block. */
  noteHopeless(index: number): void {
    this.#hopeless.add(index)
  }

  isHopeless(index: number): boolean {
    return this.#hopeless.has(index)
  }

  mayBeAsked(wire: Wire): boolean {
    return wire.givesSamples && !this.#unwilling.has(wire.peer)
  }

  asked(sample: Sample): void {
    const { wire, piece, offset, index } = sample
    this.#waitedFor.set(keyOf(wire.id, piece, offset), sample)
    wire.samples++
    this.#ofBlock.set(index, [...this.of(index), sample])
    this.#hopeless.delete(index)
  }

  /** The sample that the wire has sent, or refused; `null` where it was not asked for such. */
  take(wire: Wire, piece: number, offset: number): Sample | null {
    const key = keyOf(wire.id, piece, offset)
    const sample = this.#waitedFor.get(key)
    if (sample === undefined) return null
    this.#waitedFor.delete(key)
    wire.samples--
    return sample
  }

  refused(sample: Sample): void {
    sample.reliedOnUntil = Number.NEGATIVE_INFINITY
    this.#unwilling.add(sample.wire.peer)
  }

  /** The wire will not answer what it was asked for. */
  dropped(wire: Wire): void {
    if (wire.samples === 0) return
    for (const [key, sample] of this.#waitedFor) {
      if (sample.wire !== wire) continue
      this.#waitedFor.delete(key)
      sample.reliedOnUntil = Number.NEGATIVE_INFINITY
    }
    wire.samples = 0
  }

  /** It was closed. Who closes over samples that stand open is asked for none again. */
  closed(wire: Wire): void {
    if (wire.samples > 0 && !wire.hasGivenSamples) this.#unwilling.add(wire.peer)
    this.dropped(wire)
  }

  /** What is known of the blocks from `from` to `to` (exclusive) is of no use any more. */
  forget(from: number, to: number): void {
    if (this.#ofBlock.size === 0 && this.#hopeless.size === 0) return
    for (let index = from; index < to; index++) {
      this.#ofBlock.delete(index)
      this.#hopeless.delete(index)
    }
  }
}

function keyOf(wire: number, piece: number, offset: number): string {
  return `${wire}:${piece}:${offset}`
}
