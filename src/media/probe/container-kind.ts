import type { ContainerKind } from './media-facts.ts'

const TS_SYNC = 0x47
const TS_PACKETS_LOOKED_AT = 4
const ASF_GUID = '3026b2758e66cf11'
const MP4_BOXES = new Set(['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot', 'styp'])

/** What the first bytes of a file (16 KiB are enough) say that it is, whatever its name says. */
export function containerKindOf(head: Buffer): ContainerKind {
  const tag = (start: number, length: number): string =>
    head.toString('latin1', start, start + length)
  if (head.length < 12) return 'other'
  if (head.readUInt32BE(0) === 0x1a45dfa3) return 'matroska'
  if (MP4_BOXES.has(tag(4, 4))) return mp4KindOf(tag(4, 4), tag(8, 4))
  if (tag(0, 4) === 'RIFF' || tag(0, 4) === 'RF64') {
    if (tag(8, 4) === 'AVI ') return 'avi'
    return tag(8, 4) === 'WAVE' ? 'wav' : 'other'
  }
  if (tag(0, 4) === 'fLaC') return 'flac'
  if (tag(0, 4) === 'OggS') return 'ogg'
  if (tag(0, 3) === 'ID3') return 'mp3'
  if (tag(0, 3) === 'FLV') return 'flv'
  if (head.toString('hex', 0, 8) === ASF_GUID) return 'asf'
  if (head.readUInt32BE(0) === 0x000001ba) return 'mpeg-ps'
  if (head.readUIntBE(0, 3) === 0xffd8ff) return 'jpeg'
  if (tag(1, 3) === 'PNG') return 'png'
  return transportStreamOf(head) ?? audioFramesOf(head)
}

function mp4KindOf(box: string, brand: string): ContainerKind {
  if (box !== 'ftyp')
    return box === 'moov' || box === 'mdat' || box === 'styp' ? 'mp4' : 'quicktime'
  if (brand === 'qt  ') return 'quicktime'
  return brand.startsWith('3g') ? '3gp' : 'mp4'
}

function transportStreamOf(head: Buffer): ContainerKind | null {
  if (hasSync(head, 0, 188)) return 'mpeg-ts'
  if (!hasSync(head, 4, 192)) return null
  for (let packet = 0; packet < TS_PACKETS_LOOKED_AT; packet++) {
    if ((head.readUInt32BE(packet * 192) & 0x3fff_ffff) !== 0) return 'm2ts'
  }
  return 'm2ts-unstamped'
}

function hasSync(head: Buffer, first: number, step: number): boolean {
  for (let packet = 0; packet < TS_PACKETS_LOOKED_AT; packet++) {
    if (head[first + packet * step] !== TS_SYNC) return false
  }
  return true
}

/** MPEG audio (ISO/IEC 11172-3, 2.4.1.3) and ADTS (13818-7, 6.2) begin with the same eleven ones. */
function audioFramesOf(head: Buffer): ContainerKind {
  const sync = head.readUInt16BE(0)
  if ((sync & 0xfff6) === 0xfff0) return 'adts'
  return (sync & 0xffe0) === 0xffe0 ? 'mp3' : 'other'
}
