import type { ListedKind } from '../objects/media-object.ts'

/** By the place of its class in the order of classes: that of containers, 0, is before all. */
const KINDS: readonly (ListedKind | undefined)[] = [undefined, 'audio', 'image', 'video']
const PLACES: Readonly<Record<ListedKind, number>> = { audio: 1, image: 2, video: 3 }

/** What the files of a torrent are, one byte for each. */
export class ListedKinds {
  readonly #places: Uint8Array

  constructor(fileCount: number) {
    this.#places = new Uint8Array(fileCount)
  }

  set(fileIndex: number, kind: ListedKind): void {
    this.#places[fileIndex] = PLACES[kind]
  }

  /** `undefined` for a file that is not listed. */
  of(fileIndex: number): ListedKind | undefined {
    return KINDS[this.placeOf(fileIndex)]
  }

  /** Where its class stands in the order of classes, from 1 on. */
  placeOf(fileIndex: number): number {
    return this.#places[fileIndex] ?? 0
  }
}
