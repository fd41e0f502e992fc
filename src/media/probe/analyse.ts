import { containerKindOf } from './container-kind.ts'
import { id3Length } from './id3.ts'
import type { ContainerKind } from './media-facts.ts'
import { CHUNK_BYTES, type ReadPlan, readPlanOf } from './read-plan.ts'

/** MediaInfoLib's parser, as mediainfo.js has it; the size -1 moves it and keeps what it knows. */
export interface Parser {
  reset(): void
  openBufferInit(size: number, offset: number): void
  /** True when it needs no more. */
  openBufferContinue(data: Uint8Array, size: number): boolean
  /** Where it wants to read next; -1: right after. */
  openBufferContinueGotoGet(): number
  openBufferFinalize(): void
  inform(): string
}

/** At most `length` bytes at `position`; fewer at the end, none where no more is given. */
export type Read = (position: number, length: number) => Promise<Uint8Array>

export interface Analysis {
  readonly container: ContainerKind
  /** MediaInfo's report, JSON. */
  readonly report: string
  /** False where the duration in the report may be that of a part. */
  readonly isDurationKnown: boolean
}

const MOVE_ONLY = -1
/** A file that sends its reader hither and thither is let go. */
const MOST_JUMPS = 24
/** Jumps of an MP4 with one index: to it, back, and some to spare. One in fragments has thousands. */
const JUMPS_WITHOUT_FRAGMENTS = 4
/** Of an MP4, besides its index: some frames, which tell what the index does not. */
const FRAMES_BYTES = 192 * 1024
/** What is left of a file after a jump is read to its end, if it is no more. */
const END_BYTES = 512 * 1024

/**
 * Feeds a parser with a file, in chunks of 64 KiB and as few as tell what is to be known: MediaInfo's
 * own loop reads 16 to 66 MB of a film.
 */
export async function analyse(parser: Parser, length: number, read: Read): Promise<Analysis> {
  const head = Buffer.from(await read(0, CHUNK_BYTES))
  const container = containerKindOf(head)
  // A tag with a cover of some MB tells less than it costs: the parser gets the file behind it.
  const tagged = id3Length(head)
  const base = tagged > head.length && tagged < length ? tagged : 0
  const run = new Run(parser, { length: length - base, plan: readPlanOf(container), container })
  await run.feed(base === 0 ? head : null, (position, size) => read(base + position, size))
  parser.openBufferFinalize()
  return { container, report: parser.inform(), isDurationKnown: run.isDurationKnown }
}

class Run {
  readonly #parser: Parser
  readonly #plan: ReadPlan
  readonly #container: ContainerKind
  #length: number
  #position = 0
  #inARow = 0
  /** Of what is read in a row. */
  #limit: number
  #jumps = 0
  #hasTail = false
  #hasEnded = false

  constructor(
    parser: Parser,
    { length, plan, container }: { length: number; plan: ReadPlan; container: ContainerKind },
  ) {
    this.#parser = parser
    this.#plan = plan
    this.#container = container
    this.#length = length
    this.#limit = plan.inARow
  }

  get isDurationKnown(): boolean {
    return this.#hasEnded || !(this.#plan.needsEnd || this.#jumps > JUMPS_WITHOUT_FRAGMENTS)
  }

  get #isMp4(): boolean {
    return ['mp4', 'quicktime', '3gp'].includes(this.#container)
  }

  /** @param head - The first chunk, where it has been read already. */
  async feed(head: Buffer | null, read: Read): Promise<void> {
    this.#parser.reset()
    this.#parser.openBufferInit(this.#length, 0)
    let known = head
    for (;;) {
      const wanted = Math.min(CHUNK_BYTES, this.#length - this.#position)
      const chunk = known ?? (await read(this.#position, wanted))
      known = null
      if (chunk.length === 0) return
      const isDone = this.#parser.openBufferContinue(chunk, chunk.length)
      const target = this.#parser.openBufferContinueGotoGet()
      if (target !== -1) {
        const goesOn = this.#isIndexOfAvi(target)
          ? this.#leaveOutIndex(chunk, target)
          : this.#jump(target, isDone)
        if (!goesOn) return
        continue
      }
      this.#position += chunk.length
      this.#inARow += chunk.length
      if (isDone || this.#position >= this.#length) {
        this.#hasEnded = true
        return
      }
      if (this.#inARow >= this.#limit && !this.#isNearEnd() && !this.#goToTail()) return
    }
  }

  #isNearEnd(): boolean {
    return this.#jumps > 0 && !this.#isMp4 && this.#length - this.#position <= END_BYTES
  }

  /** False where that is no use. */
  #jump(target: number, isDone: boolean): boolean {
    if (target >= this.#length || target < 0 || ++this.#jumps > MOST_JUMPS) return false
    if (this.#isMp4) {
      if (this.#jumps > JUMPS_WITHOUT_FRAGMENTS) return false
      const isToIndex = this.#jumps === 1 && target > this.#position + CHUNK_BYTES
      if (!isToIndex) this.#limit = FRAMES_BYTES
    }
    const isTail = this.#plan.tail > 0 && target > this.#position
    this.#hasTail ||= isTail
    if (isTail) this.#limit = Number.POSITIVE_INFINITY
    const tailStart = this.#length - this.#plan.tail
    this.#moveTo(isTail ? Math.max(target, tailStart) : target, isDone ? this.#length : MOVE_ONLY)
    return true
  }

  /** False where there is nothing to be read there. */
  #goToTail(): boolean {
    if (this.#plan.tail === 0 || this.#hasTail) return false
    this.#hasTail = true
    const start = this.#length - this.#plan.tail
    this.#limit = Number.POSITIVE_INFINITY
    if (start > this.#position) this.#moveTo(start, MOVE_ONLY)
    return true
  }

  #moveTo(position: number, size: number): void {
    this.#parser.openBufferInit(size, position)
    this.#position = position
    this.#inARow = 0
  }

  #isIndexOfAvi(target: number): boolean {
    return this.#container === 'avi' && this.#jumps === 0 && target > CHUNK_BYTES
  }

  /**
   * The index of an AVI has some MB and tells nothing; without it the parser looks at the first
   * frames. So it is told that the file ends there.
   */
  #leaveOutIndex(head: Uint8Array, target: number): boolean {
    if (target >= this.#length) return false
    this.#length = target
    this.#parser.reset()
    this.#parser.openBufferInit(target, 0)
    this.#parser.openBufferContinue(head, head.length)
    const next = this.#parser.openBufferContinueGotoGet()
    if (next === -1) this.#position = head.length
    else return this.#jump(next, false)
    return true
  }
}
