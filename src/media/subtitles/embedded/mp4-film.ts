import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ISOFile, Sample, Track } from 'mp4box'
import { CueList } from '../cue.ts'
import { parseLanguage } from '../language.ts'
import { parseTraits } from '../sidecar-name.ts'
import { inTurns } from '../steps.ts'
import { type ByteSource, ByteWindow } from './byte-source.ts'
import { textMoviesOf } from './mp4-tracks.ts'
import type { SubtitledFilm, SubtitleTrack, TrackText } from './text-track.ts'

/** 3GPP timed text, and QuickTime's text, whose samples begin the same way. */
const TEXT_CODECS: ReadonlySet<string> = new Set(['tx3g', 'text'])
/** No cue is longer; bytes. */
const LARGEST_SAMPLE_BYTES = 16 * 1024
const SAMPLE_AHEAD = 256
/** tkhd: the track is not to be left out of the presentation (ISO/IEC 14496-12, 8.3.2). */
const TRACK_ENABLED = 1

/** A track, and what mp4box made of it. */
interface ParsedTrack {
  readonly facts: SubtitleTrack
  readonly samples: readonly Sample[]
}

/**
 * An MP4 or QuickTime film and its tracks of subtitles; `null` where its `moov` is not there. Films in
 * fragments have none that we read.
 */
export async function openMp4(source: ByteSource): Promise<SubtitledFilm | null> {
  const window = new ByteWindow(source)
  const movies = await textMoviesOf(window)
  if (window.hasLacked) return null
  const tracks: ParsedTrack[] = []
  for (const movie of movies) {
    await nextTurn()
    const parsed = await parseTrack(movie)
    if (parsed !== null) tracks.push(parsed)
  }
  return new Mp4Film(source, tracks)
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
    return { facts: trackOf(file, track), samples: file.getTrackSamplesInfo(track.id) ?? [] }
  } catch {
    return null
  }
}

class Mp4Film implements SubtitledFilm {
  readonly tracks: readonly SubtitleTrack[]
  readonly #source: ByteSource
  readonly #tracks: readonly ParsedTrack[]

  constructor(source: ByteSource, tracks: readonly ParsedTrack[]) {
    this.tracks = tracks.map(({ facts }) => facts)
    this.#source = source
    this.#tracks = tracks
  }

  async text(trackNumber: number, signal?: AbortSignal): Promise<TrackText> {
    const track = this.#tracks.find(({ facts }) => facts.number === trackNumber)
    if (track?.facts.kind !== 'text') return { cues: [], isComplete: true }
    const window = new ByteWindow(this.#source)
    const cues = new CueList()
    let isComplete = true
    for (const sample of track.samples) {
      if (signal?.aborted === true) isComplete = false
      if (signal?.aborted === true || cues.isFull) break
      // Two bytes of length and no text: nothing is shown.
      if (sample.size <= 2 || sample.size > LARGEST_SAMPLE_BYTES) continue
      const need = { need: 'content', ahead: SAMPLE_AHEAD } as const
      const bytes = await window.bytes(sample.offset, sample.size, need)
      if (bytes === null) isComplete = false
      else addSample(cues, sample, bytes)
    }
    return { cues: await inTurns(cues.sorted()), isComplete }
  }
}

function trackOf(file: ISOFile, track: Track): SubtitleTrack {
  const [codec = ''] = track.codec.split('.')
  const traits = parseTraits(track.name ?? '')
  const flags = file.getTrackById(track.id)?.tkhd?.flags ?? TRACK_ENABLED
  return {
    number: track.id,
    kind: TEXT_CODECS.has(codec) ? 'text' : 'bitmap',
    codec,
    name: track.name ?? '',
    language: parseLanguage(track.language) ?? traits.language,
    forced: traits.forced,
    hearingImpaired: traits.hearingImpaired,
    isDefault: (flags & TRACK_ENABLED) !== 0,
  }
}

/** 3GPP TS 26.245, 5.17: the length of the text, the text in UTF-8, or in UTF-16 behind its mark, then styles. */
function addSample(cues: CueList, { cts, duration, timescale }: Sample, bytes: Buffer): void {
  if (bytes.length < 2 || !(timescale > 0)) return
  const text = bytes.subarray(2, 2 + bytes.readUInt16BE(0))
  const mark = text.length < 2 ? 0 : text.readUInt16BE(0)
  const charset = mark === 0xfeff ? 'utf-16be' : mark === 0xfffe ? 'utf-16le' : 'utf-8'
  const startMs = (cts / timescale) * 1_000
  const endMs = startMs + (duration / timescale) * 1_000
  cues.add({ startMs, endMs, text: new TextDecoder(charset).decode(text) })
}
