import { setImmediate as nextTurn } from 'node:timers/promises'

/** `index`: without it nothing can be told. `content`: some of many, which may be left out. */
export type Need = 'index' | 'content'

/** The bytes of a film, of which some may not be there yet. */
export interface ByteSource {
  /** Bytes. */
  readonly length: number
  /**
   * Exactly `length` bytes from `position` on; fewer only where the film ends. `null` where they are not there and
   * are not to be waited for. The film's reader decides for which need it waits.
   */
  read(position: number, length: number, need: Need): Promise<Uint8Array | null>
}

/** A turn of the event loop takes about so long. */
const TURN_MS = 8
const READS_PER_LOOK = 32
const EMPTY: Buffer = Buffer.alloc(0)

/** Reads a film in places, some bytes more than asked for at a time; lets others run in between. */
export class ByteWindow {
  readonly #source: ByteSource
  #buffer = EMPTY
  #start = 0
  #reads = 0
  #hasLacked = false
  #turnStartedAt = performance.now()

  constructor(source: ByteSource) {
    this.#source = source
  }

  get length(): number {
    return this.#source.length
  }

  /** Something that was asked for was not there: what was found may be less than there is. */
  get hasLacked(): boolean {
    return this.#hasLacked
  }

  /**
   * The bytes from `position` on, at most `length`: fewer where the film ends. `null` where they are not there.
   * Valid until the next read.
   *
   * @param ahead - Bytes that are read from the film at once, if not all of them are at hand.
   */
  async bytes(
    position: number,
    length: number,
    { need, ahead }: { readonly need: Need; readonly ahead: number },
  ): Promise<Buffer | null> {
    await this.#pause()
    const wanted = Math.max(0, Math.min(length, this.length - position))
    if (position < this.#start || position + wanted > this.#start + this.#buffer.length) {
      const most = Math.min(Math.max(wanted, ahead), this.length - position)
      const read =
        (await this.#read(position, most, need)) ?? (await this.#read(position, wanted, need))
      if (read === null) {
        this.#hasLacked = true
        return null
      }
      this.#buffer = read
      this.#start = position
    }
    const offset = position - this.#start
    return this.#buffer.subarray(offset, offset + wanted)
  }

  async #read(position: number, length: number, need: Need): Promise<Buffer | null> {
    if (length <= 0) return EMPTY
    const bytes = await this.#source.read(position, length, need)
    return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  async #pause(): Promise<void> {
    this.#reads++
    if (this.#reads % READS_PER_LOOK !== 0 || performance.now() - this.#turnStartedAt < TURN_MS)
      return
    await nextTurn()
    this.#turnStartedAt = performance.now()
  }
}
