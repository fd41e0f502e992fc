import type { ByteSource, Need } from '../../src/media/subtitles/embedded/byte-source.ts'

/** A film in memory, of which `isThere` may say that parts have not arrived. */
export class MemoryBytes implements ByteSource {
  readonly length: number
  readBytes = 0
  readonly #bytes: Buffer
  readonly #isThere: (position: number, need: Need) => boolean

  constructor(bytes: Buffer, isThere: (position: number, need: Need) => boolean = () => true) {
    this.length = bytes.length
    this.#bytes = bytes
    this.#isThere = isThere
  }

  async read(position: number, length: number, need: Need): Promise<Uint8Array | null> {
    const end = Math.min(position + length, this.length)
    if (position < 0 || length < 0) throw new RangeError(`${position}, ${length}`)
    if (!this.#isThere(position, need) || !this.#isThere(end - 1, need)) return null
    this.readBytes += end - position
    return this.#bytes.subarray(position, end)
  }
}
