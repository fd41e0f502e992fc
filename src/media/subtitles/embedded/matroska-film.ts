import { childrenOf, HEADER_BYTES, readElement, readUnsigned } from '../../container-index/ebml.ts'
import { type ByteSource, ByteWindow } from './byte-source.ts'
import { type MatroskaCues, readCues } from './matroska-cues.ts'
import { MatroskaText } from './matroska-text.ts'
import { type MatroskaTrack, subtitleTracks } from './matroska-tracks.ts'
import type { SubtitledFilm, SubtitleTrack, TrackText } from './text-track.ts'

const EBML = 0x1a45dfa3
const SEGMENT = 0x18538067
const SEEK_HEAD = 0x114d9b74
const SEEK = 0x4dbb
const SEEK_ID = 0x53ab
const SEEK_POSITION = 0x53ac
const INFO = 0x1549a966
const TIMESTAMP_SCALE = 0x2ad7b1
const TRACKS = 0x1654ae6b
const CUES = 0x1c53bb6b
export const CLUSTER = 0x1f43b675

/** What is read at once of the head of a film. */
const HEAD_AHEAD = 32 * 1024
/** Larger parts of an index are not what they say. */
const LARGEST_PART_BYTES = 8 * 1024 * 1024
/** Elements before the first cluster, or named by the seek head. */
const MOST_PARTS = 64
/** Nanoseconds in a unit of time, unless the film says otherwise. */
const DEFAULT_TIMESTAMP_SCALE = 1_000_000

const INDEX_NEED = { need: 'index', ahead: HEAD_AHEAD } as const

/** Where the parts of a segment are, absolute. */
interface Layout {
  readonly segmentStart: number
  /** `null` where there is none. */
  readonly firstCluster: number | null
  /** Of the contents, both exclusive at the end. */
  readonly parts: ReadonlyMap<number, { readonly start: number; readonly end: number }>
  /** Where others are said to begin. */
  readonly sought: ReadonlyMap<number, number>
}

/**
 * A Matroska or WebM film and its tracks of subtitles (RFC 9559), found by its head and its index. `null` for what is none, or
 * whose head is not there.
 */
export async function openMatroska(source: ByteSource): Promise<SubtitledFilm | null> {
  const window = new ByteWindow(source)
  const layout = await layoutOf(window)
  if (layout === null) return null
  const tracks = subtitleTracks((await partOf(window, layout, TRACKS)) ?? Buffer.alloc(0))
  const unitMs = timestampScale(await partOf(window, layout, INFO)) / 1_000_000
  if (window.hasLacked) return null
  return new MatroskaFilm(source, layout, tracks, unitMs)
}

class MatroskaFilm implements SubtitledFilm {
  readonly tracks: readonly SubtitleTrack[]
  readonly #source: ByteSource
  readonly #layout: Layout
  readonly #tracks: readonly MatroskaTrack[]
  readonly #unitMs: number

  constructor(
    source: ByteSource,
    layout: Layout,
    tracks: readonly MatroskaTrack[],
    unitMs: number,
  ) {
    this.tracks = tracks
    this.#source = source
    this.#layout = layout
    this.#tracks = tracks
    this.#unitMs = unitMs
  }

  async text(trackNumber: number, signal?: AbortSignal): Promise<TrackText> {
    const track = this.#tracks.find(({ number }) => number === trackNumber)
    if (track === undefined || track.kind === 'bitmap') return { cues: [], isComplete: true }
    const { segmentStart, firstCluster } = this.#layout
    const index = await this.#cues(track)
    const walk = new MatroskaText({
      window: new ByteWindow(this.#source),
      track,
      segmentStart,
      firstCluster,
      unitMs: this.#unitMs,
      index,
      signal,
    })
    return await walk.read()
  }

  async #cues(track: MatroskaTrack): Promise<MatroskaCues | null> {
    const contents = await partOf(new ByteWindow(this.#source), this.#layout, CUES)
    return contents === null ? null : readCues(contents, new Set([track.number]))
  }
}

async function layoutOf(window: ByteWindow): Promise<Layout | null> {
  const ebml = await elementAt(window, 0)
  if (ebml?.id !== EBML) return null
  const segment = await elementAt(window, ebml.end)
  if (segment?.id !== SEGMENT) return null
  const parts = new Map<number, { start: number; end: number }>()
  let firstCluster: number | null = null
  let position = segment.start
  for (let count = 0; count < MOST_PARTS && position < window.length; count++) {
    const element = await elementAt(window, position)
    if (element === null) break
    if (element.id === CLUSTER) {
      firstCluster = position
      break
    }
    if (!parts.has(element.id)) parts.set(element.id, element)
    position = element.end
  }
  const layout = { segmentStart: segment.start, firstCluster, parts, sought: new Map() }
  return { ...layout, sought: await soughtParts(window, layout) }
}

/** What the seek head names (RFC 9559, 5.1.1), absolute. */
async function soughtParts(window: ByteWindow, layout: Layout): Promise<Map<number, number>> {
  const found = new Map<number, number>()
  const contents = await partOf(window, layout, SEEK_HEAD)
  if (contents === null) return found
  for (const seek of childrenOf(contents, { start: 0, end: contents.length })) {
    if (seek.id !== SEEK || found.size > MOST_PARTS) continue
    let id = 0
    let position = 0
    for (const child of childrenOf(contents, seek)) {
      if (child.id === SEEK_ID) id = readUnsigned(contents, child)
      if (child.id === SEEK_POSITION) position = readUnsigned(contents, child)
    }
    if ([TRACKS, INFO, CUES].includes(id)) found.set(id, layout.segmentStart + position)
  }
  return found
}

/** A copy of the contents; `null` where there are none, or they are not there. */
async function partOf(window: ByteWindow, layout: Layout, id: number): Promise<Buffer | null> {
  const part = layout.parts.get(id) ?? (await soughtPart(window, layout, id))
  if (part === null || part.end - part.start > LARGEST_PART_BYTES) return null
  const bytes = await window.bytes(part.start, part.end - part.start, INDEX_NEED)
  return bytes === null ? null : Buffer.from(bytes)
}

/** Looked at only when it is needed: it is often at the other end of the film. */
async function soughtPart(
  window: ByteWindow,
  { sought }: Layout,
  id: number,
): Promise<{ readonly start: number; readonly end: number } | null> {
  const element = await elementAt(window, sought.get(id) ?? window.length)
  return element?.id === id ? element : null
}

async function elementAt(
  window: ByteWindow,
  position: number,
): Promise<{ id: number; start: number; end: number } | null> {
  if (!Number.isSafeInteger(position) || position >= window.length) return null
  const head = await window.bytes(position, HEADER_BYTES, INDEX_NEED)
  const element = head === null ? null : readElement(head, 0)
  if (element === null) return null
  return { id: element.id, start: position + element.start, end: position + element.end }
}

function timestampScale(info: Buffer | null): number {
  if (info === null) return DEFAULT_TIMESTAMP_SCALE
  for (const child of childrenOf(info, { start: 0, end: info.length })) {
    if (child.id === TIMESTAMP_SCALE) return readUnsigned(info, child) || DEFAULT_TIMESTAMP_SCALE
  }
  return DEFAULT_TIMESTAMP_SCALE
}
