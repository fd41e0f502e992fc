import type { ByteWindow } from './byte-source.ts'
import { type Box, boxAt, boxesIn, findBox, readBox } from './mp4-boxes.ts'
import type { FragmentDefaults } from './mp4-fragments.ts'

/** Read at once while looking for the tracks among the boxes of `moov`. */
const LOOK_AHEAD = 1_024
/** A text track of 100,000 cues takes less. */
const LARGEST_TRACK_BYTES = 2 * 1024 * 1024
/** Cues of one track: to parse so many takes some 20 ms. */
const MOST_SAMPLES = 20_000
const MOST_BOXES = 1_024
const LARGEST_DEFAULTS_BYTES = 64 * 1024
const MOST_TRACKS = 32

/** The handlers of tracks of text and of pictures (ISO/IEC 14496-12, 8.4.3; QuickTime). */
const TEXT_HANDLERS: ReadonlySet<string> = new Set(['sbtl', 'text', 'subt', 'subp', 'clcp'])
const INDEX_NEED = { need: 'index', ahead: LOOK_AHEAD } as const

/** What a film in fragments says of them all. */
export interface Fragments {
  /** Where they begin, absolute. */
  readonly from: number
  readonly defaults: ReadonlyMap<number, FragmentDefaults>
}

export interface TextMovies {
  readonly movies: readonly Buffer[]
  /** `null` for a film in one piece. */
  readonly fragments: Fragments | null
}

/**
 * Takes the tracks of subtitles out of a film's `moov`, wherever it is, each as the head (`ftyp` and `moov`) of a
 * film that has nothing else: so each is parsed in a moment of its own. The tables of picture and sound, which are
 * nearly all of `moov`, are neither read nor parsed. Tables that claim more than their box can hold are left
 * out, because whoever parses them believes it.
 */
export async function textMoviesOf(window: ByteWindow): Promise<TextMovies> {
  const moov = await findMoov(window)
  if (moov === null) return { movies: [], fragments: null }
  const tracks: Buffer[] = []
  let header = Buffer.alloc(0)
  let fragments: Fragments | null = null
  let position = moov.start
  for (let count = 0; count < MOST_BOXES && position < moov.end; count++) {
    const box = await boxAt(window, position, moov.end, INDEX_NEED)
    if (box === null || box.end > moov.end) break
    position = box.end
    if (box.type === 'mvhd' && box.end - box.offset < LOOK_AHEAD) {
      header = await copyOf(window, box)
    }
    if (box.type === 'mvex' && box.end - box.offset <= LARGEST_DEFAULTS_BYTES) {
      fragments = { from: moov.end, defaults: defaultsIn(await copyOf(window, box)) }
    }
    if (box.type !== 'trak' || tracks.length === MOST_TRACKS) continue
    if (!(await isTextTrack(window, box))) continue
    const track = await copyOf(window, box)
    if (isSound(track)) tracks.push(track)
  }
  const movies = tracks.map((track) =>
    Buffer.concat([FILE_TYPE, boxOf('moov', Buffer.concat([header, track]))]),
  )
  return { movies, fragments }
}

/** By the number of the track: `trex` (ISO/IEC 14496-12, 8.8.3). */
function defaultsIn(mvex: Buffer): ReadonlyMap<number, FragmentDefaults> {
  const defaults = new Map<number, FragmentDefaults>()
  const whole = readBox(mvex, 0, mvex.length)
  if (whole === null) return defaults
  for (const { type, start, end } of boxesIn(mvex, whole)) {
    if (type !== 'trex' || end - start < 20) continue
    const duration = mvex.readUInt32BE(start + 12)
    defaults.set(mvex.readUInt32BE(start + 4), { duration, size: mvex.readUInt32BE(start + 16) })
  }
  return defaults
}

async function findMoov(window: ByteWindow): Promise<Box | null> {
  let position = 0
  for (let count = 0; count < MOST_BOXES && position < window.length; count++) {
    const box = await boxAt(window, position, window.length, INDEX_NEED)
    if (box === null) return null
    if (box.type === 'moov') return box
    position = box.end
  }
  return null
}

async function copyOf(window: ByteWindow, { offset, end }: Box): Promise<Buffer<ArrayBuffer>> {
  const bytes = await window.bytes(offset, end - offset, INDEX_NEED)
  return Buffer.from(bytes ?? [])
}

/** By its handler, which stands in front of the tables. */
async function isTextTrack(window: ByteWindow, track: Box): Promise<boolean> {
  if (track.end - track.offset > LARGEST_TRACK_BYTES) return false
  let position = track.start
  let end = track.end
  for (let count = 0; count < MOST_BOXES && position < end; count++) {
    const box = await boxAt(window, position, end, INDEX_NEED)
    if (box === null || box.end > end) return false
    if (box.type === 'mdia') {
      position = box.start
      end = box.end
      continue
    }
    if (box.type === 'hdlr') {
      const head = await window.bytes(box.start, 12, INDEX_NEED)
      return head !== null && TEXT_HANDLERS.has(head.toString('latin1', 8, 12))
    }
    position = box.end
  }
  return false
}

/** Whether its tables hold what they say, and not more than is sensible. */
function isSound(track: Buffer): boolean {
  const whole = readBox(track, 0, track.length)
  if (whole === null || whole.end !== track.length) return false
  const table = findBox(track, whole, ['mdia', 'minf', 'stbl'])
  if (table === null || findBox(track, table, ['stsz']) === null) return false
  for (const box of boxesIn(track, table)) if (!isSoundTable(track, box)) return false
  return true
}

function isSoundTable(track: Buffer, { type, start, end }: Box): boolean {
  if (start + 8 > end) return false
  const count = track.readUInt32BE(start + 4)
  const size = end - start - 8
  if (type === 'stsz') {
    const samples = size < 4 ? MOST_SAMPLES + 1 : track.readUInt32BE(start + 8)
    const isConstant = count > 0
    return samples <= MOST_SAMPLES && (isConstant || samples * 4 <= size - 4)
  }
  const width = ENTRY_BYTES[type]
  if (width !== undefined && count * width > size) return false
  return (type !== 'stts' && type !== 'ctts') || areFew(track, start + 8, count)
}

/** Bytes of an entry of the tables that are counted. */
const ENTRY_BYTES: Readonly<Record<string, number>> = {
  stts: 8,
  ctts: 8,
  stsc: 12,
  stco: 4,
  co64: 8,
  stss: 4,
}

/** Entries of a run length each. */
function areFew(track: Buffer, start: number, count: number): boolean {
  let total = 0
  for (let entry = 0; entry < count; entry++) total += track.readUInt32BE(start + entry * 8)
  return total <= MOST_SAMPLES
}

const FILE_TYPE = boxOf('ftyp', Buffer.from('isom\0\0\0\0isom', 'latin1'))

function boxOf(type: string, contents: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + contents.length)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, contents])
}
