import type { BlockStore } from './ports.ts'

/** Where a block lies. */
export interface BlockPlace {
  readonly piece: number
  /** In the piece, bytes. */
  readonly offset: number
  /** In the torrent, bytes. */
  readonly position: number
}

/**
 * Compares a second copy of a block, or of a stretch of it, with the first, which may be on the disk by now. `unknown`: the
 * first is gone; it may go while this is awaited. Rejects when the disk cannot be read.
 */
export async function compareCopies(
  store: Pick<BlockStore, 'unverifiedBytes' | 'read'>,
  place: BlockPlace,
  second: Uint8Array,
): Promise<'same' | 'different' | 'unknown'> {
  const { piece, offset, position } = place
  const inMemory = store.unverifiedBytes(piece, offset)
  if (inMemory !== null) {
    const first = inMemory.subarray(0, second.length)
    return Buffer.compare(first, second) === 0 ? 'same' : 'different'
  }
  // The wire uses its memory for the next block once this turn is over; a Buffer's own slice is no copy.
  const kept = new Uint8Array(second)
  const first = new Uint8Array(kept.length)
  const count = await store.read(position, first)
  if (count < first.length) return 'unknown'
  return Buffer.compare(first, kept) === 0 ? 'same' : 'different'
}
