import type { Clock } from '../../clock.ts'

/**
 * When each piece was last read by a stream, or arrived: what was needed least recently is freed first.
 * In seconds since 1970; 0 where it is not known.
 */
export class LastUse {
  readonly #clock: Clock
  readonly #pieceCount: number
  #seconds: Uint32Array | null = null
  /** Something was used since `all` was saved. */
  isUnsaved = false

  /** `clock` counts from 1970; `saved` are the seconds of an earlier run. */
  constructor(clock: Clock, pieceCount: number, saved?: Uint32Array) {
    this.#clock = clock
    this.#pieceCount = pieceCount
    if (saved?.length === pieceCount) this.#seconds = saved.slice()
  }

  /** A copy, to be saved; none where nothing is known. */
  get all(): Uint32Array | undefined {
    return this.#seconds?.slice()
  }

  of(piece: number): number {
    return this.#seconds?.[piece] ?? 0
  }

  /** `first` to `last`, both inclusive, are used now. */
  mark(first: number, last: number): void {
    this.isUnsaved = true
    this.#seconds ??= new Uint32Array(this.#pieceCount)
    this.#seconds.fill(Math.floor(this.#clock.now() / 1_000), first, last + 1)
  }
}
