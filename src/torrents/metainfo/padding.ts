import type { TorrentFile } from './torrent-file.ts'

interface Stretch {
  readonly start: number
  /** Exclusive. */
  readonly end: number
}

/** Bytes that are zeros by definition (BEP 47 pads): never asked of a peer. */
export class Padding {
  readonly #stretches: readonly Stretch[]

  constructor(files: readonly TorrentFile[]) {
    this.#stretches = files
      .filter((file) => file.padding && file.length > 0)
      .map((file) => ({ start: file.offset, end: file.offset + file.length }))
  }

  /** True where all of the bytes from `offset` on are padding. */
  covers(offset: number, length: number): boolean {
    let low = 0
    let high = this.#stretches.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const stretch = this.#stretches[middle]
      if (stretch !== undefined && stretch.end <= offset) low = middle + 1
      else high = middle
    }
    const stretch = this.#stretches[low]
    return stretch !== undefined && stretch.start <= offset && stretch.end >= offset + length
  }
}
