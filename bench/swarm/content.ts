import { createCipheriv } from 'node:crypto'

/** The request unit of the wire protocol, in bytes. */
export const BLOCK_LENGTH = 16_384

const POOL_LENGTH = 8 * 1_048_576
const GOLDEN_RATIO_32 = 2_654_435_761

const pool: Buffer = createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16)).update(
  Buffer.alloc(POOL_LENGTH),
)

/** The bytes of block `index` of the synthetic film: always the same, never copied, a full block. */
export function contentBlock(index: number): Buffer {
  const start = Math.imul(index + 1, GOLDEN_RATIO_32) >>> 0
  const offset = start % (POOL_LENGTH - BLOCK_LENGTH)
  return pool.subarray(offset, offset + BLOCK_LENGTH)
}

/** Whether `bytes`, received for the film's position `offset` (in bytes), are the film's. */
export function isContent(offset: number, bytes: Buffer): boolean {
  let done = 0
  while (done < bytes.length) {
    const position = offset + done
    const block = contentBlock(Math.floor(position / BLOCK_LENGTH)).subarray(
      position % BLOCK_LENGTH,
    )
    const length = Math.min(block.length, bytes.length - done)
    if (block.compare(bytes, done, done + length, 0, length) !== 0) return false
    done += length
  }
  return true
}

/** Calls `write` with the film's bytes in order, one call for each block, up to `length` bytes. */
export function forEachBlock(length: number, write: (bytes: Buffer) => void): void {
  for (let offset = 0; offset < length; offset += BLOCK_LENGTH) {
    const block = contentBlock(offset / BLOCK_LENGTH)
    write(block.subarray(0, Math.min(BLOCK_LENGTH, length - offset)))
  }
}
