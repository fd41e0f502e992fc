import type { ByteWindow, Need } from './byte-source.ts'

/** One box of an MP4 file (ISO/IEC 14496-12, 4.2) in a buffer. */
export interface Box {
  readonly type: string
  /** Offset of its header, of its contents, and behind it. */
  readonly offset: number
  readonly start: number
  readonly end: number
}

/** The most that a box's header takes, bytes. */
export const BOX_HEADER_BYTES = 16

/** `null` where the buffer does not hold the header, or it is none. A box of size 0 reaches to `limit`. */
export function readBox(buffer: Buffer, offset: number, limit: number): Box | null {
  if (offset + 8 > buffer.length) return null
  const short = buffer.readUInt32BE(offset)
  if (short === 1 && offset + BOX_HEADER_BYTES > buffer.length) return null
  const size = short === 1 ? Number(buffer.readBigUInt64BE(offset + 8)) : short
  const headerBytes = short === 1 ? BOX_HEADER_BYTES : 8
  const end = size === 0 ? limit : offset + size
  if (end < offset + headerBytes || !Number.isSafeInteger(end)) return null
  const type = buffer.toString('latin1', offset + 4, offset + 8)
  return { type, offset, start: offset + headerBytes, end }
}

/** The boxes inside of one, or of a part of the buffer; what is cut off is not among them. */
export function* boxesIn(
  buffer: Buffer,
  { start, end }: Pick<Box, 'start' | 'end'>,
): Generator<Box> {
  for (let offset = start; offset < end; ) {
    const box = readBox(buffer, offset, end)
    if (box === null || box.end > end || box.end > buffer.length) return
    yield box
    offset = box.end
  }
}

/** The box that is reached by these types, one inside the other; `null` where there is none. */
export function findBox(
  buffer: Buffer,
  parent: Pick<Box, 'start' | 'end'>,
  path: readonly string[],
): Box | null {
  const [type, ...rest] = path
  for (const box of boxesIn(buffer, parent)) {
    if (box.type === type) return rest.length === 0 ? box : findBox(buffer, box, rest)
  }
  return null
}

/** The box that begins at `position` of a film, in places of the film; `null` where it is not there, or none. */
export async function boxAt(
  window: ByteWindow,
  position: number,
  limit: number,
  need: { readonly need: Need; readonly ahead: number },
): Promise<Box | null> {
  const head = await window.bytes(position, BOX_HEADER_BYTES, need)
  const box = head === null ? null : readBox(head, 0, limit - position)
  if (box === null) return null
  const { type, start, end } = box
  return { type, offset: position, start: position + start, end: position + end }
}
