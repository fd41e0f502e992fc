import { type IndexLocation, NO_INDEX, rangeFrom } from './index-location.ts'

/** The `moov` of a film of some hours; a longer one is fetched further when the player asks. */
const LONGEST_MOOV_BYTES = 8 * 1024 * 1024
const HEADER_BYTES = 16

/**
 * Finds `moov` behind `mdat` (ISO/IEC 14496-12, 4.2: size, type, and a 64-bit size where the
 * first is 1). A file whose `moov` comes first needs nothing fetched ahead.
 */
export function locateMp4Index(head: Buffer, fileLength: number): IndexLocation {
  let offset = 0
  while (offset < fileLength) {
    if (offset + HEADER_BYTES > head.length) {
      if (offset + HEADER_BYTES > fileLength) return NO_INDEX
      return { kind: 'more', bytes: offset + HEADER_BYTES }
    }
    const type = head.toString('latin1', offset + 4, offset + 8)
    const size = sizeOfBox(head, offset)
    if (!/^[\x20-\x7e]{4}$/.test(type) || type === 'moov' || size < 8) return NO_INDEX
    if (type === 'mdat') return rangeFrom(offset + size, LONGEST_MOOV_BYTES, fileLength)
    offset += size
  }
  return NO_INDEX
}

/** 0 where the box goes to the end of the file. */
function sizeOfBox(head: Buffer, offset: number): number {
  const size = head.readUInt32BE(offset)
  return size === 1 ? Number(head.readBigUInt64BE(offset + 8)) : size
}
