/**
 * Pieces that are not whole any more because one of their files has been lost or cannot be used:
 * the bytes of their other files were verified and are still there. They are read, but never
 * shared, since nobody could verify them.
 */
export class KeptPieces {
  /** `null` for none, which is nearly always so. */
  #files: Map<number, readonly number[]> | null

  /** Indices of the files whose bytes are there, by piece. */
  constructor(files: ReadonlyMap<number, readonly number[]>) {
    this.#files = files.size === 0 ? null : new Map(files)
  }

  get isEmpty(): boolean {
    return this.#files === null || this.#files.size === 0
  }

  /** A copy, to be saved. */
  get all(): ReadonlyMap<number, readonly number[]> {
    return new Map(this.#files ?? [])
  }

  has(piece: number, file: number): boolean {
    return this.#files?.get(piece)?.includes(file) ?? false
  }

  /** Something of the piece is there. */
  hasSome(piece: number): boolean {
    return this.#files?.has(piece) ?? false
  }

  keep(piece: number, files: readonly number[]): void {
    if (files.length === 0) return
    this.#files ??= new Map()
    this.#files.set(piece, files)
  }

  /** The piece is whole, or is written over. */
  forget(piece: number): void {
    this.#files?.delete(piece)
  }

  forgetFile(piece: number, file: number): void {
    const files = this.#files?.get(piece)?.filter((kept) => kept !== file) ?? []
    if (files.length > 0) this.#files?.set(piece, files)
    else this.#files?.delete(piece)
  }
}
