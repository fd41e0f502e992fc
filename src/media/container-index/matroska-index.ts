import { type IndexLocation, NO_INDEX, rangeFrom } from './index-location.ts'

const LONGEST_CUES_BYTES = 2 * 1024 * 1024
/** The seek head comes first of all, if it comes; what lies further is not looked for. */
const LOOK_WITHIN_BYTES = 64 * 1024

const EBML = 0x1a45dfa3
const SEGMENT = 0x18538067
const SEEK_HEAD = 0x114d9b74
const SEEK = 0x4dbb
const SEEK_ID = 0x53ab
const SEEK_POSITION = 0x53ac
const CLUSTER = 0x1f43b675
const CUES = 0x1c53bb6b

interface Element {
  readonly id: number
  /** Offset of the contents. */
  readonly start: number
  /** Offset behind the contents; infinite where the length is unknown. */
  readonly end: number
}

/** Finds the `Cues` that the `SeekHead` names (RFC 9559, 5.1.1 and 6.3). */
export function locateMatroskaIndex(head: Buffer, fileLength: number): IndexLocation {
  const ebml = readElement(head, 0)
  if (ebml === null) return more(head, fileLength)
  if (ebml.id !== EBML) return NO_INDEX
  const segment = readElement(head, ebml.end)
  if (segment === null) return more(head, fileLength)
  if (segment.id !== SEGMENT) return NO_INDEX
  for (let offset = segment.start; offset < Math.min(segment.end, fileLength); ) {
    const element = readElement(head, offset)
    if (element === null) return more(head, fileLength)
    if (element.id === CUES || element.id === CLUSTER) return NO_INDEX
    if (element.id === SEEK_HEAD) {
      if (element.end > head.length) return more(head, fileLength)
      const position = cuesPosition(head, element)
      if (position === null) return NO_INDEX
      return rangeFrom(segment.start + position, LONGEST_CUES_BYTES, fileLength)
    }
    offset = element.end
  }
  return NO_INDEX
}

function more(head: Buffer, fileLength: number): IndexLocation {
  const bytes = Math.min(LOOK_WITHIN_BYTES, fileLength)
  return head.length >= bytes ? NO_INDEX : { kind: 'more', bytes }
}

function cuesPosition(head: Buffer, seekHead: Element): number | null {
  for (const seek of childrenOf(head, seekHead)) {
    if (seek.id !== SEEK) continue
    let id = 0
    let position: number | null = null
    for (const child of childrenOf(head, seek)) {
      if (child.id === SEEK_ID) id = readUnsigned(head, child)
      if (child.id === SEEK_POSITION) position = readUnsigned(head, child)
    }
    if (id === CUES) return position
  }
  return null
}

function* childrenOf(head: Buffer, parent: Element): Generator<Element> {
  for (let offset = parent.start; offset < parent.end; ) {
    const child = readElement(head, offset)
    if (child === null || child.end > parent.end) return
    yield child
    offset = child.end
  }
}

function readElement(head: Buffer, offset: number): Element | null {
  const idBytes = widthOf(head, offset, 4)
  if (idBytes === null) return null
  const sizeBytes = widthOf(head, offset + idBytes, 8)
  const start = offset + idBytes + (sizeBytes ?? 0)
  if (sizeBytes === null || start > head.length) return null
  const size = readSize(head, offset + idBytes, sizeBytes)
  return { id: head.readUIntBE(offset, idBytes), start, end: start + size }
}

/** Bytes of a variable-length number: the first set bit tells. */
function widthOf(head: Buffer, offset: number, longest: number): number | null {
  const first = head[offset]
  if (first === undefined) return null
  const width = Math.clz32(first) - 23
  return width <= longest && offset + width <= head.length ? width : null
}

function readSize(head: Buffer, offset: number, width: number): number {
  let size = BigInt((head[offset] ?? 0) & (0xff >> width))
  for (let index = 1; index < width; index++)
    size = (size << 8n) | BigInt(head[offset + index] ?? 0)
  const isUnknown = size === (1n << BigInt(7 * width)) - 1n
  return isUnknown ? Number.POSITIVE_INFINITY : Number(size)
}

function readUnsigned(head: Buffer, { start, end }: Element): number {
  let value = 0
  for (let offset = start; offset < end; offset++) value = value * 256 + (head[offset] ?? 0)
  return value
}
