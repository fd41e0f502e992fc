import type { ByteWindow } from './byte-source.ts'
import { boxesIn, readBox } from './mp4-boxes.ts'

const INDEX_NEED = { need: 'index', ahead: 64 } as const
/** `mfro`, the last box of a film that has an index of its fragments. */
const END_BYTES = 16
const LARGEST_INDEX_BYTES = 8 * 1024 * 1024

/**
 * Where fragments begin, absolute and rising, as the index at the end of the film says (`mfra`, ISO/IEC 14496-12,
 * 8.8.9); empty without one, or where it is not there.
 */
export async function knownFragments(window: ByteWindow): Promise<readonly number[]> {
  const end = await window.bytes(window.length - END_BYTES, END_BYTES, INDEX_NEED)
  if (end?.length !== END_BYTES || end.toString('latin1', 4, 8) !== 'mfro') return []
  const size = end.readUInt32BE(12)
  if (size > LARGEST_INDEX_BYTES || size > window.length || size < END_BYTES) return []
  const bytes = await window.bytes(window.length - size, size, INDEX_NEED)
  const index = bytes === null ? null : readBox(bytes, 0, size)
  if (bytes === null || index?.type !== 'mfra') return []
  const found = new Set<number>()
  for (const { type, start, end } of boxesIn(bytes, index)) {
    if (type !== 'tfra') continue
    for (const offset of offsetsIn(bytes.subarray(start, end))) found.add(offset)
  }
  return [...found].sort((a, b) => a - b)
}

/** Of one track (8.8.10). */
function* offsetsIn(table: Buffer): Generator<number> {
  if (table.length < 16) return
  const isLong = table[0] === 1
  const lengths = table.readUInt32BE(8)
  const numbers = ((lengths >> 4) & 3) + ((lengths >> 2) & 3) + (lengths & 3) + 3
  const width = (isLong ? 16 : 8) + numbers
  const count = Math.min(table.readUInt32BE(12), Math.floor((table.length - 16) / width))
  for (let entry = 0; entry < count; entry++) {
    const at = 16 + entry * width
    const offset = isLong ? Number(table.readBigUInt64BE(at + 8)) : table.readUInt32BE(at + 4)
    if (Number.isSafeInteger(offset)) yield offset
  }
}
