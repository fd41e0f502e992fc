import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ISOFile, Track } from 'mp4box'
import { CueList } from '../cue.ts'
import { parseLanguage } from '../language.ts'
import { parseTraits } from '../sidecar-name.ts'
import { inTurns } from '../steps.ts'
import { type ByteSource, ByteWindow } from './byte-source.ts'
import { fragmentSamples, type TextSample } from './mp4-fragments.ts'
import {
  addSampleText,
  largestSample,
  type SampleFormat,
  type SampleTimes,
  sampleFormat,
} from './mp4-sample-text.ts'
import { type Fragments, textMoviesOf } from './mp4-tracks.ts'
import type { SubtitledFilm, SubtitleTrack, TrackText } from './text-track.ts'

const CONTENT_NEED = { need: 'content', ahead: 256 } as const
/** tkhd: the track is not to be left out of the presentation (ISO/IEC 14496-12, 8.3.2). */
const TRACK_ENABLED = 1

/** A track, and what mp4box made of it. */
interface ParsedTrack {
  readonly facts: SubtitleTrack
  readonly format: SampleFormat | null
  /** Units of its times in a second. */
  readonly timescale: number
  /** Those that `moov` lists. */
  readonly samples: readonly TextSample[]
}

/** An MP4 or QuickTime film, in one piece or in fragments, and its tracks of subtitles; `null` where its `moov` is not there. */
export async function openMp4(source: ByteSource): Promise<SubtitledFilm | null> {
  const window = new ByteWindow(source)
  const { movies, fragments } = await textMoviesOf(window)
  if (window.hasLacked) return null
  const tracks: ParsedTrack[] = []
  for (const movie of movies) {
    await nextTurn()
    const parsed = await parseTrack(movie)
    if (parsed !== null) tracks.push(parsed)
  }
  return new Mp4Film(source, tracks, fragments)
}

/** `null` where mp4box cannot make anything of it. */
async function parseTrack(movie: Buffer): Promise<ParsedTrack | null> {
  const { createFile, Log, MP4BoxBuffer } = await import('mp4box')
  // It would write what it thinks of a file to the console.
  Log.error = (module, message, file) => file?.onError?.(module, message ?? '')
  try {
    const file = createFile()
    const found: Track[] = []
    let hasFailed = false
    file.onReady = ({ tracks }) => found.push(...tracks)
    file.onError = () => {
      hasFailed = true
    }
    file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(new Uint8Array(movie).buffer, 0))
    file.flush()
    const [track] = found
    if (track === undefined || hasFailed) return null
    const samples = file.getTrackSamplesInfo(track.id) ?? []
    const facts = trackOf(file, track)
    return { facts, format: sampleFormat(facts.codec), timescale: track.timescale, samples }
  } catch {
    return null
  }
}

class Mp4Film implements SubtitledFilm {
  readonly tracks: readonly SubtitleTrack[]
  readonly #source: ByteSource
  readonly #tracks: readonly ParsedTrack[]
  readonly #fragments: Fragments | null

  constructor(source: ByteSource, tracks: readonly ParsedTrack[], fragments: Fragments | null) {
    this.tracks = tracks.map(({ facts }) => facts)
    this.#source = source
    this.#tracks = tracks
    this.#fragments = fragments
  }

  async text(trackNumber: number, signal?: AbortSignal): Promise<TrackText> {
    const track = this.#tracks.find(({ facts }) => facts.number === trackNumber)
    const format = track?.format ?? null
    if (track === undefined || format === null) return { cues: [], isComplete: true }
    const window = new ByteWindow(this.#source)
    const cues = new CueList()
    let isComplete = true
    for await (const sample of this.#samples(track)) {
      if (signal?.aborted === true) isComplete = false
      if (signal?.aborted === true || cues.isFull) break
      if (sample === 'missing') {
        isComplete = false
        continue
      }
      const times = timesOf(sample, track.timescale)
      const isInFilm = sample.offset >= 0 && sample.offset + sample.size <= window.length
      // Two bytes of length and no text: nothing is shown.
      const isText = sample.size > 2 && sample.size <= largestSample(format)
      if (times === null || !isInFilm || !isText) continue
      const bytes = await window.bytes(sample.offset, sample.size, CONTENT_NEED)
      if (bytes === null) isComplete = false
      else await inTurns(addSampleText(cues, format, bytes, times))
    }
    return { cues: await inTurns(cues.sorted()), isComplete }
  }

  /** Those that the head of the film lists, then those of its fragments. */
  async *#samples({
    samples,
    facts: { number },
  }: ParsedTrack): AsyncGenerator<TextSample | 'missing'> {
    yield* samples
    if (this.#fragments === null) return
    const defaults = this.#fragments.defaults.get(number) ?? { duration: 0, size: 0 }
    const window = new ByteWindow(this.#source)
    yield* fragmentSamples(window, { number, defaults }, this.#fragments.from)
  }
}

function timesOf({ cts, duration }: TextSample, timescale: number): SampleTimes | null {
  if (!(timescale > 0)) return null
  const startMs = (cts / timescale) * 1_000
  return { startMs, endMs: startMs + (duration / timescale) * 1_000 }
}

function trackOf(file: ISOFile, track: Track): SubtitleTrack {
  const [codec = ''] = track.codec.split('.')
  const traits = parseTraits(track.name ?? '')
  const flags = file.getTrackById(track.id)?.tkhd?.flags ?? TRACK_ENABLED
  return {
    number: track.id,
    kind: sampleFormat(codec) === null ? 'bitmap' : 'text',
    codec,
    name: track.name ?? '',
    language: parseLanguage(track.language) ?? traits.language,
    forced: traits.forced,
    hearingImpaired: traits.hearingImpaired,
    isDefault: (flags & TRACK_ENABLED) !== 0,
  }
}
