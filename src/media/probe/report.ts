import { z } from 'zod'
import type { Analysis } from './analyse.ts'
import {
  type AudioTrack,
  type MediaFacts,
  mediaFactsSchema,
  type VideoFacts,
} from './media-facts.ts'
import { tagsOf } from './report-tags.ts'
import { ReportTrack } from './report-track.ts'

const MOST_TRACKS = 64
/** Longer films, and sound of which somebody says so, do not exist; ms. */
const LONGEST_DURATION_MS = 1_000 * 3_600_000
const BITMAPS = /^(PGS|VobSub|DVB|XSUB|RLE|HDMV|DVD|Arib)/i
/** Of others the bit depth is that of whatever decodes them. */
const LOSSLESS = /^(PCM|FLAC|ALAC|MLP|DTS|WavPack|Monkey|TTA|DSD|DST|WMA)/i
/** The codec of a stream format (ASF, AVI) by its number, where the stream itself was not looked at. */
const MPEG_LAYER_3 = '55'

const track = z.record(z.string(), z.unknown()).transform((fields) => new ReportTrack(fields))
const reportSchema = z.object({
  media: z
    .object({ track: z.array(track).catch([]) })
    .nullable()
    .catch(null),
})

/** What of MediaInfo's report is to be believed; `null` where it knows no medium in it. */
export function factsOf(
  { container: sniffed, report, isDurationKnown }: Analysis,
  length: number,
): MediaFacts | null {
  const tracks = (reportSchema.parse(JSON.parse(report)).media?.track ?? []).slice(0, MOST_TRACKS)
  const general = tracks.find(({ type }) => type === 'General')
  if (general === undefined) return null
  const of = (type: string): readonly ReportTrack[] => tracks.filter((one) => one.type === type)
  const container = general.text('Format') === 'WebM' ? ('webm' as const) : sniffed
  const common = { container, title: general.text('Title'), cover: null }
  const [video] = of('Video')
  const audio = of('Audio').map(audioTrackOf)
  const [image] = of('Image')
  const tags = tagsOf(general, container)
  const timed = { ...timesOf(tracks, { isDurationKnown, length }), audio, tags }
  if (video !== undefined) {
    const subtitles = of('Text').map(subtitleTrackOf)
    return checked({ kind: 'video', ...common, ...timed, video: videoTrackOf(video), subtitles })
  }
  if (audio.length > 0) return checked({ kind: 'audio', ...common, ...timed })
  if (image === undefined) return null
  return checked({
    kind: 'image',
    ...common,
    codec: image.text('Format') ?? 'unknown',
    width: image.count('Width'),
    height: image.count('Height'),
  })
}

/** Whatever a file says, nothing else than facts of this form goes on. */
function checked(facts: MediaFacts): MediaFacts | null {
  const { success, data } = mediaFactsSchema.safeParse(facts)
  return success ? data : null
}

function timesOf(
  tracks: readonly ReportTrack[],
  { isDurationKnown, length }: { isDurationKnown: boolean; length: number },
): { durationMs: number | null; bitRate: number | null } {
  const [general, ...others] = tracks
  const own = general?.milliseconds('Duration') ?? 0
  const longest = Math.max(0, ...others.map((one) => one.milliseconds('Duration') ?? 0))
  const durationMs = Math.round(own || longest)
  if (!isDurationKnown || durationMs <= 0 || durationMs > LONGEST_DURATION_MS) {
    return { durationMs: null, bitRate: null }
  }
  return { durationMs, bitRate: Math.max(1, Math.round((length * 8_000) / durationMs)) }
}

function videoTrackOf(video: ReportTrack): VideoFacts['video'] {
  return {
    codec: video.text('Format') ?? 'unknown',
    profile: video.text('Format_Profile'),
    level: video.text('Format_Level'),
    bitDepth: video.count('BitDepth', 64),
    width: video.count('Width', 65_535),
    height: video.count('Height', 65_535),
    frameRate: video.positive('FrameRate', 1_000),
    isInterlaced: /^(Interlaced|MBAFF|PAFF)/.test(video.text('ScanType') ?? ''),
  }
}

function audioTrackOf(audio: ReportTrack): AudioTrack {
  const codec = audio.text('Format') ?? 'unknown'
  const isLayer3 = codec === 'MPEG Audio' && audio.text('CodecID') === MPEG_LAYER_3
  return {
    codec,
    profile:
      audio.text('Format_AdditionalFeatures') ??
      audio.text('Format_Profile') ??
      (isLayer3 ? 'Layer 3' : null),
    channels: audio.count('Channels', 1_024),
    sampleRate: audio.count('SamplingRate', 100_000_000),
    bitRate: audio.count('BitRate'),
    bitDepth: LOSSLESS.test(codec) ? audio.count('BitDepth', 64) : null,
    language: audio.text('Language'),
    title: audio.text('Title'),
    isDefault: audio.text('Default') === 'Yes',
  }
}

function subtitleTrackOf(subtitle: ReportTrack): VideoFacts['subtitles'][number] {
  const codec = subtitle.text('Format') ?? subtitle.text('CodecID') ?? 'unknown'
  return {
    number: subtitle.count('ID'),
    codec,
    form: BITMAPS.test(codec) ? 'bitmap' : 'text',
    language: subtitle.text('Language'),
    title: subtitle.text('Title'),
    isDefault: subtitle.text('Default') === 'Yes',
    isForced: subtitle.text('Forced') === 'Yes',
  }
}
