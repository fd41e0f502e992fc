/** One element of EBML (RFC 8794, 6) in a buffer. */
export interface Element {
  readonly id: number
  /** Offset of the contents. */
  readonly start: number
  /** Offset behind the contents; infinite where the length is unknown. */
  readonly end: number
}

/** The most that an element's id and size take, bytes. */
export const HEADER_BYTES = 12

/** The elements directly inside of one; what is cut off, or longer than its parent, is not among them. */
export function* childrenOf(
  buffer: Buffer,
  parent: Pick<Element, 'start' | 'end'>,
): Generator<Element> {
  for (let offset = parent.start; offset < parent.end; ) {
    const child = readElement(buffer, offset)
    if (child === null || child.end > parent.end) return
    yield child
    offset = child.end
  }
}

/** `null` where the buffer does not hold all of its id and size, or they are none. */
export function readElement(buffer: Buffer, offset: number): Element | null {
  const idBytes = widthOf(buffer, offset, 4)
  if (idBytes === null) return null
  const sizeBytes = widthOf(buffer, offset + idBytes, 8)
  const start = offset + idBytes + (sizeBytes ?? 0)
  if (sizeBytes === null || start > buffer.length) return null
  const size = readSize(buffer, offset + idBytes, sizeBytes)
  return { id: buffer.readUIntBE(offset, idBytes), start, end: start + size }
}

/** Bytes of a variable-length number: the first set bit tells. */
export function widthOf(buffer: Buffer, offset: number, longest: number): number | null {
  const first = buffer[offset]
  if (first === undefined) return null
  const width = Math.clz32(first) - 23
  return width <= longest && offset + width <= buffer.length ? width : null
}

/** A variable-length number of `width` bytes; infinite where all its bits are set. */
export function readSize(buffer: Buffer, offset: number, width: number): number {
  let size = BigInt((buffer[offset] ?? 0) & (0xff >> width))
  for (let index = 1; index < width; index++) {
    size = (size << 8n) | BigInt(buffer[offset + index] ?? 0)
  }
  const isUnknown = size === (1n << BigInt(7 * width)) - 1n
  return isUnknown ? Number.POSITIVE_INFINITY : Number(size)
}

/** An unsigned integer, big-endian, of as many bytes as the element has (RFC 8794, 7.2). */
export function readUnsigned(buffer: Buffer, { start, end }: Element): number {
  let value = 0
  for (let offset = start; offset < end; offset++) value = value * 256 + (buffer[offset] ?? 0)
  return value
}
