import type { ByteWindow } from './byte-source.ts'
import { type Box, boxAt, boxesIn, findBox } from './mp4-boxes.ts'
import { knownFragments } from './mp4-fragment-index.ts'

/** Read at once where fragments follow one another: their headers, and small ones as a whole. */
const WALK_NEED = { need: 'content', ahead: 4 * 1024 } as const
/** A fragment describes some seconds of a film. */
const LARGEST_FRAGMENT_BYTES = 1024 * 1024
/** Of one film: some seconds each, for a hundred hours. */
const MOST_FRAGMENTS = 200_000
/** Samples of one fragment, of all tracks; a run of them need not take any bytes. */
const MOST_SAMPLES = 20_000
/** Samples of the track in all fragments. */
const MOST_SAMPLES_IN_ALL = 100_000

/** Flags of `tfhd` (ISO/IEC 14496-12, 8.8.7). */
const BASE_OFFSET = 0x000001
const DESCRIPTION = 0x000002
const DEFAULT_DURATION = 0x000008
const DEFAULT_SIZE = 0x000010
/** Flags of `trun` (8.8.8). */
const DATA_OFFSET = 0x000001
const FIRST_FLAGS = 0x000004
const DURATION = 0x000100
const SIZE = 0x000200
const FLAGS = 0x000400
const COMPOSITION = 0x000800

/** Where the text of a moment is; times in units of the track. */
export interface TextSample {
  readonly offset: number
  readonly size: number
  readonly cts: number
  readonly duration: number
}

/** `trex`: what holds where a fragment does not say (8.8.3). */
export interface FragmentDefaults {
  readonly duration: number
  readonly size: number
}

export interface FragmentedTrack {
  readonly number: number
  readonly defaults: FragmentDefaults
}

/**
 * The samples of a track in the fragments of a film, in their order. `missing` stands for a part that is not
 * there: what follows is found where another fragment is known to begin.
 *
 * @param from - Behind `moov`, absolute.
 */
export async function* fragmentSamples(
  window: ByteWindow,
  track: FragmentedTrack,
  from: number,
): AsyncGenerator<TextSample | 'missing', void, undefined> {
  const known = await knownFragments(window)
  let position = from
  let nextTime = 0
  let given = 0
  for (let count = 0; count < MOST_FRAGMENTS && position < window.length; count++) {
    const box = await boxAt(window, position, window.length, WALK_NEED)
    if (box === null) {
      yield 'missing'
      const here = position
      position = known.find((offset) => offset > here) ?? window.length
      continue
    }
    position = box.end
    const length = box.end - box.offset
    if (box.type !== 'moof' || length > LARGEST_FRAGMENT_BYTES) continue
    const bytes = await window.bytes(box.offset, length, WALK_NEED)
    if (bytes === null || bytes.length < length) {
      yield 'missing'
      continue
    }
    const samples = samplesIn(Buffer.from(bytes), box, track, nextTime)
    for (const sample of samples) yield sample
    given += samples.length
    if (given > MOST_SAMPLES_IN_ALL) return
    const last = samples.at(-1)
    if (last !== undefined) nextTime = last.cts + last.duration
  }
}

/** Of one `moof`, which `bytes` hold as a whole. */
function samplesIn(
  bytes: Buffer,
  { offset, start }: Box,
  track: FragmentedTrack,
  nextTime: number,
): readonly TextSample[] {
  const samples: TextSample[] = []
  // Where a track does not say where its data begin, they follow those of the track before it.
  let dataEnd = offset
  let room = MOST_SAMPLES
  for (const traf of boxesIn(bytes, { start: start - offset, end: bytes.length })) {
    const header = traf.type === 'traf' ? headerOf(bytes, traf, track) : null
    if (header === null) continue
    const isOurs = header.number === track.number
    const base = header.base ?? (header.isBaseMoof ? offset : dataEnd)
    const time = isOurs ? (decodeTime(bytes, traf) ?? nextTime) : 0
    const found = samplesOf(runsOf(bytes, traf, header), { base, time, room })
    if (isOurs) for (const sample of found.samples) samples.push(sample)
    dataEnd = found.dataEnd
    room -= found.samples.length
    if (room <= 0) break
  }
  return samples
}

interface Beginning {
  /** Of the data, absolute. */
  readonly base: number
  readonly time: number
  /** Samples that are taken at most. */
  readonly room: number
}

/** Of one track. */
function samplesOf(
  runs: Iterable<Run>,
  { base, time: from, room }: Beginning,
): { readonly samples: readonly TextSample[]; readonly dataEnd: number } {
  const samples: TextSample[] = []
  let dataEnd = base
  let time = from
  for (const run of runs) {
    if (run.dataOffset !== null) dataEnd = base + run.dataOffset
    for (const { duration, size, shift } of run.samples) {
      if (samples.length === room) return { samples, dataEnd }
      samples.push({ offset: dataEnd, size, cts: time + shift, duration })
      dataEnd += size
      time += duration
    }
  }
  return { samples, dataEnd }
}

function* runsOf(bytes: Buffer, traf: Box, defaults: FragmentDefaults): Generator<Run> {
  for (const box of boxesIn(bytes, traf)) {
    const run = box.type === 'trun' ? runOf(bytes, box, defaults) : 'none'
    if (run === null) return
    if (run !== 'none') yield run
  }
}

interface TrackHeader extends FragmentDefaults {
  readonly number: number
  /** Absolute. */
  readonly base: number | null
  readonly isBaseMoof: boolean
}

/** tfhd: default-base-is-moof (8.8.7). */
const BASE_IS_MOOF = 0x020000

function headerOf(bytes: Buffer, traf: Box, { defaults }: FragmentedTrack): TrackHeader | null {
  const box = findBox(bytes, traf, ['tfhd'])
  if (box === null || box.end - box.start < 8) return null
  const flags = bytes.readUInt32BE(box.start) & 0xffffff
  const number = bytes.readUInt32BE(box.start + 4)
  const fields = new Fields(bytes, box.start + 8, box.end)
  const base = flags & BASE_OFFSET ? fields.long() : null
  if (flags & DESCRIPTION) fields.word()
  const duration = flags & DEFAULT_DURATION ? fields.word() : defaults.duration
  const size = flags & DEFAULT_SIZE ? fields.word() : defaults.size
  if (fields.hasFailed) return null
  return { number, base, isBaseMoof: (flags & BASE_IS_MOOF) !== 0, duration, size }
}

/** tfdt: when the first sample is shown, in units of the track (8.8.12). */
function decodeTime(bytes: Buffer, traf: Box): number | null {
  const box = findBox(bytes, traf, ['tfdt'])
  if (box === null || box.end - box.start < 8) return null
  const fields = new Fields(bytes, box.start + 4, box.end)
  const time = bytes[box.start] === 1 ? fields.long() : fields.word()
  return fields.hasFailed ? null : time
}

interface Run {
  /** From the base on. */
  readonly dataOffset: number | null
  readonly samples: readonly {
    readonly duration: number
    readonly size: number
    readonly shift: number
  }[]
}

function runOf(bytes: Buffer, box: Box, defaults: FragmentDefaults): Run | null {
  if (box.end - box.start < 8) return null
  const flags = bytes.readUInt32BE(box.start) & 0xffffff
  const count = bytes.readUInt32BE(box.start + 4)
  const fields = new Fields(bytes, box.start + 8, box.end)
  const dataOffset = flags & DATA_OFFSET ? fields.word() | 0 : null
  if (flags & FIRST_FLAGS) fields.word()
  const samples: Run['samples'][number][] = []
  for (let place = 0; place < count; place++) {
    const duration = flags & DURATION ? fields.word() : defaults.duration
    const size = flags & SIZE ? fields.word() : defaults.size
    if (flags & FLAGS) fields.word()
    const shift = flags & COMPOSITION ? fields.word() | 0 : 0
    if (fields.hasFailed || place >= MOST_SAMPLES) return null
    samples.push({ duration, size, shift })
  }
  return { dataOffset, samples }
}

/** Numbers one after another. */
class Fields {
  hasFailed = false
  readonly #bytes: Buffer
  #position: number
  readonly #end: number

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes
    this.#position = start
    this.#end = end
  }

  word(): number {
    return this.#next(4, (at) => this.#bytes.readUInt32BE(at))
  }

  long(): number {
    return this.#next(8, (at) => Number(this.#bytes.readBigUInt64BE(at)))
  }

  #next(width: number, read: (at: number) => number): number {
    const at = this.#position
    this.#position += width
    if (this.#position <= this.#end) return read(at)
    this.hasFailed = true
    return 0
  }
}
