import { BLOCK_LENGTH } from '../pieces/block.ts'

/** Blocks are written and hashed in runs of up to this many bytes. */
export const SEGMENT_BYTES = 1024 * 1024

const MISSING = 0
const IN_MEMORY = 1
const WRITING = 2
const ON_DISK = 3

/** A stretch of a segment that is to be written. */
export interface Run {
  readonly segment: PieceSegment
  readonly firstBlock: number
  readonly lastBlock: number
  /** Offset in the piece. */
  readonly offset: number
  readonly data: Uint8Array
}

/** Up to 1 MiB of a piece that is arriving: its blocks in memory, on their way, or on the disk. */
export class PieceSegment {
  /** Offset in the piece. */
  readonly offset: number
  readonly length: number
  readonly #blocks: Uint8Array
  /** Memory while a block is in it; owned by the segment, given back by `detach`. */
  memory: Buffer | null = null
  #received = 0
  #inMemory = 0
  #onDisk = 0

  constructor(offset: number, length: number) {
    this.offset = offset
    this.length = length
    this.#blocks = new Uint8Array(Math.ceil(length / BLOCK_LENGTH))
  }

  get isComplete(): boolean {
    return this.#received === this.#blocks.length
  }

  get isOnDisk(): boolean {
    return this.#onDisk === this.#blocks.length
  }

  /** True where a block waits to be written. */
  get hasUnwritten(): boolean {
    return this.#inMemory > 0
  }

  /** `within` is an offset in the segment. */
  has(within: number): boolean {
    return this.#blocks[Math.floor(within / BLOCK_LENGTH)] !== MISSING
  }

  /** The bytes of a block from memory; `null` where it is on the disk, or missing. */
  bytesAt(within: number): Uint8Array | null {
    const block = Math.floor(within / BLOCK_LENGTH)
    const state = this.#blocks[block]
    if (this.memory === null || state === ON_DISK || state === MISSING) return null
    return this.memory.subarray(within, Math.min((block + 1) * BLOCK_LENGTH, this.length))
  }

  /** Takes a block that is missing; `memory` must be attached. */
  put(within: number, data: Uint8Array): void {
    // `set` takes twice as long: into shared memory it copies byte by byte what is not aligned.
    this.memory?.fill(data, within, within + data.length)
    this.#blocks[Math.floor(within / BLOCK_LENGTH)] = IN_MEMORY
    this.#received++
    this.#inMemory++
  }

  /** Forgets a block, which may be written over; false where it is missing, or just being written. */
  drop(within: number): boolean {
    const block = Math.floor(within / BLOCK_LENGTH)
    const state = this.#blocks[block]
    if (state !== IN_MEMORY && state !== ON_DISK) return false
    this.#blocks[block] = MISSING
    this.#received--
    if (state === IN_MEMORY) this.#inMemory--
    else this.#onDisk--
    return true
  }

  /** Marks all that waits in memory as being written, and tells the runs to write. */
  takeRuns(): Run[] {
    const runs: Run[] = []
    for (let block = 0; block < this.#blocks.length; block++) {
      if (this.#blocks[block] !== IN_MEMORY) continue
      let last = block
      while (this.#blocks[last + 1] === IN_MEMORY) last++
      this.#blocks.fill(WRITING, block, last + 1)
      runs.push(this.#run(block, last))
      block = last
    }
    this.#inMemory = 0
    return runs
  }

  written(run: Run): void {
    this.#blocks.fill(ON_DISK, run.firstBlock, run.lastBlock + 1)
    this.#onDisk += run.lastBlock - run.firstBlock + 1
  }

  /** Forgets what waits in memory; what is being written still needs its memory. */
  abandon(): void {
    this.#blocks.forEach((state, block) => {
      if (state === IN_MEMORY) this.#blocks[block] = MISSING
    })
    this.#inMemory = 0
  }

  /** Gives the memory up once nothing in it is needed; `null` while something is. */
  detach(): Buffer | null {
    const isIdle = !this.#blocks.some((state) => state === IN_MEMORY || state === WRITING)
    if (!isIdle) return null
    const memory = this.memory
    this.memory = null
    return memory
  }

  #run(firstBlock: number, lastBlock: number): Run {
    const start = firstBlock * BLOCK_LENGTH
    const end = Math.min((lastBlock + 1) * BLOCK_LENGTH, this.length)
    const data = (this.memory ?? new Uint8Array()).subarray(start, end)
    return { segment: this, firstBlock, lastBlock, offset: this.offset + start, data }
  }
}

/** A piece of which some blocks have arrived. */
export class PartialPiece {
  readonly index: number
  readonly length: number
  readonly segments: readonly PieceSegment[]
  /** It is whole, and its hash decides. */
  isBeingVerified = false

  constructor(index: number, length: number) {
    this.index = index
    this.length = length
    this.segments = Array.from(
      { length: Math.ceil(length / SEGMENT_BYTES) },
      (_, number) =>
        new PieceSegment(
          number * SEGMENT_BYTES,
          Math.min(SEGMENT_BYTES, length - number * SEGMENT_BYTES),
        ),
    )
  }

  get isOnDisk(): boolean {
    return this.segments.every((segment) => segment.isOnDisk)
  }

  segmentAt(offset: number): PieceSegment | undefined {
    return this.segments[Math.floor(offset / SEGMENT_BYTES)]
  }

  has(offset: number): boolean {
    return this.segmentAt(offset)?.has(offset % SEGMENT_BYTES) ?? false
  }
}
