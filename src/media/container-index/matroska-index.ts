import { childrenOf, type Element, readElement, readUnsigned } from './ebml.ts'
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
