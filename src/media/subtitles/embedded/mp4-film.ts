import type { ISOFile, Sample, Track } from 'mp4box'
import { CueList } from '../cue.ts'
import { parseLanguage } from '../language.ts'
import { parseTraits } from '../sidecar-name.ts'
import { inTurns } from '../steps.ts'
import { type ByteSource, ByteWindow } from './byte-source.ts'
import { textMovieOf } from './mp4-tracks.ts'
import type { SubtitledFilm, SubtitleTrack, TrackText } from './text-track.ts'

/** 3GPP timed text, and QuickTime's text, whose samples begin the same way. */
const TEXT_CODECS: ReadonlySet<string> = new Set(['tx3g', 'text'])
/** No cue is longer; bytes. */
const LARGEST_SAMPLE_BYTES = 16 * 1024
const SAMPLE_AHEAD = 256
/** tkhd: the track is not to be left out of the presentation (ISO/IEC 14496-12, 8.3.2). */
const TRACK_ENABLED = 1

const NO_FILM: SubtitledFilm = {
  tracks: [],
  text: async () => ({ cues: [], isComplete: true }),
}

/** An MP4 or QuickTime film and its tracks of subtitles. Films in fragments have none that we read. */
export async function openMp4(source: ByteSource): Promise<SubtitledFilm> {
  const movie = await textMovieOf(new ByteWindow(source))
  if (movie === null) return NO_FILM
  const parsed = await parseMovie(movie.file)
  return parsed === null ? NO_FILM : new Mp4Film(source, parsed.file, parsed.tracks)
}

/** `null` where mp4box cannot make anything of it. */
async function parseMovie(
  bytes: Buffer,
): Promise<{ readonly file: ISOFile; readonly tracks: readonly Track[] } | null> {
  const { createFile, Log, MP4BoxBuffer } = await import('mp4box')
  // It would write what it thinks of a file to the console.
  Log.setLogLevel(() => {})
  try {
    const file = createFile()
    let tracks: readonly Track[] | null = null
    let failure: string | null = null
    file.onReady = (movie) => {
      tracks = movie.tracks
    }
    file.onError = (_module, message) => {
      failure = message
    }
    const copy = new Uint8Array(bytes).buffer
    file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(copy, 0))
    file.flush()
    return tracks === null || failure !== null ? null : { file, tracks }
  } catch {
    return null
  }
}

class Mp4Film implements SubtitledFilm {
  readonly tracks: readonly SubtitleTrack[]
  readonly #source: ByteSource
  readonly #file: ISOFile

  constructor(source: ByteSource, file: ISOFile, tracks: readonly Track[]) {
    this.#source = source
    this.#file = file
    this.tracks = tracks.map((track) => trackOf(file, track))
  }

  async text(trackNumber: number, signal?: AbortSignal): Promise<TrackText> {
    const track = this.tracks.find(({ number }) => number === trackNumber)
    if (track?.kind !== 'text') return { cues: [], isComplete: true }
    const window = new ByteWindow(this.#source)
    const cues = new CueList()
    let isComplete = true
    for (const sample of samplesOf(this.#file, trackNumber)) {
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

function samplesOf(file: ISOFile, trackNumber: number): readonly Sample[] {
  try {
    return file.getTrackSamplesInfo(trackNumber) ?? []
  } catch {
    return []
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
