import { readSize, widthOf } from '../../container-index/ebml.ts'

/** The bits of a block's flags that say how its frames are packed (RFC 9559, 10.2). */
const LACING_MASK = 0x06
const XIPH = 0x02
const FIXED_SIZE = 0x04
/** A byte of a size in Xiph's lacing after which more follow. */
const XIPH_MORE = 255

/** The frames of a block, by its flags and what follows them; none where the lacing is malformed. */
export function framesOf(bytes: Buffer, flags: number): readonly Buffer[] {
  const lacing = flags & LACING_MASK
  if (lacing === 0) return [bytes]
  const [last] = bytes
  if (last === undefined) return []
  const count = last + 1
  if (lacing === FIXED_SIZE) {
    const size = (bytes.length - 1) / count
    return Number.isInteger(size) ? cut(bytes, 1, Array<number>(last).fill(size)) : []
  }
  const table = lacing === XIPH ? xiphSizes(bytes, last) : ebmlSizes(bytes, last)
  return table === null ? [] : cut(bytes, table.end, table.sizes)
}

interface SizeTable {
  /** Of all frames but the last. */
  readonly sizes: readonly number[]
  readonly end: number
}

/** RFC 9559, 10.3.2: each size is the sum of bytes up to the first that is not 255. */
function xiphSizes(bytes: Buffer, count: number): SizeTable | null {
  const sizes: number[] = []
  let end = 1
  while (sizes.length < count) {
    let size = 0
    let byte: number | undefined
    do {
      byte = bytes[end++]
      if (byte === undefined) return null
      size += byte
    } while (byte === XIPH_MORE)
    sizes.push(size)
  }
  return { sizes, end }
}

/** RFC 9559, 10.3.3: the first size, then how much each differs from the one before. */
function ebmlSizes(bytes: Buffer, count: number): SizeTable | null {
  const sizes: number[] = []
  let end = 1
  while (sizes.length < count) {
    const width = widthOf(bytes, end, 8)
    if (width === null || end + width > bytes.length) return null
    const number = readSize(bytes, end, width)
    const before = sizes.at(-1)
    const size = before === undefined ? number : before + number - (2 ** (7 * width - 1) - 1)
    if (!(size >= 0 && size <= bytes.length)) return null
    sizes.push(size)
    end += width
  }
  return { sizes, end }
}

/** The last frame is what is left. */
function cut(bytes: Buffer, start: number, sizes: readonly number[]): readonly Buffer[] {
  const frames: Buffer[] = []
  let position = start
  for (const size of sizes) {
    frames.push(bytes.subarray(position, position + size))
    position += size
  }
  if (position > bytes.length) return []
  return [...frames, bytes.subarray(position)]
}
