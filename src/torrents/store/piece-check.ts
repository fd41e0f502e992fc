import type { PieceStore } from './piece-store.ts'

const CONCURRENCY = 2

export interface PieceCheckOptions {
  readonly store: PieceStore
  readonly inDoubt: readonly number[]
  /** Pieces that a viewer waits for, in order: they are looked at first. */
  readonly urgent: () => Iterable<number>
  readonly onChecked: (piece: number, isValid: boolean) => void
  readonly isStopped: () => boolean
}

/** Hashes the pieces in doubt. Rejects with DiskError where they cannot be read. */
export async function checkPieces(options: PieceCheckOptions): Promise<void> {
  const todo = new Set(options.inDoubt)
  const next = (): number | undefined => {
    for (const piece of options.urgent()) if (todo.has(piece)) return piece
    const [first] = todo
    return first
  }
  const work = async (): Promise<void> => {
    while (!options.isStopped()) {
      const piece = next()
      if (piece === undefined) return
      todo.delete(piece)
      options.onChecked(piece, await options.store.check(piece))
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
}
