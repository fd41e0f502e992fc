import { type IndexLocation, NO_INDEX, rangeFrom } from './index-location.ts'

const LONGEST_IDX1_BYTES = 4 * 1024 * 1024
const CHUNK_HEADER_BYTES = 12

/** Finds `idx1`, which follows the list `movi` of an AVI file (RIFF). */
export function locateAviIndex(head: Buffer, fileLength: number): IndexLocation {
  if (head.length < CHUNK_HEADER_BYTES) return more(CHUNK_HEADER_BYTES, fileLength)
  const isAvi =
    head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'AVI '
  if (!isAvi) return NO_INDEX
  let offset = CHUNK_HEADER_BYTES
  while (offset < fileLength) {
    if (offset + CHUNK_HEADER_BYTES > head.length) {
      return more(offset + CHUNK_HEADER_BYTES, fileLength)
    }
    const size = head.readUInt32LE(offset + 4)
    // Chunks are padded to an even length.
    const next = offset + 8 + size + (size % 2)
    const isMovi = head.toString('latin1', offset + 8, offset + 12) === 'movi'
    if (isMovi) return rangeFrom(next, LONGEST_IDX1_BYTES, fileLength)
    offset = next
  }
  return NO_INDEX
}

function more(bytes: number, fileLength: number): IndexLocation {
  return bytes > fileLength ? NO_INDEX : { kind: 'more', bytes }
}
