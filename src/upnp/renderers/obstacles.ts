import type {
  AudioTrack,
  ContainerKind,
  MediaFacts,
  VideoFacts,
} from '../../media/probe/media-facts.ts'
import {
  type AudioCodec,
  type ContainerFormat,
  DEFAULT_PROFILE,
  type Playable,
  type RendererProfile,
  type VideoCodec,
} from './renderer-profile.ts'

const CONTAINERS: Readonly<Partial<Record<ContainerKind, ContainerFormat>>> = {
  matroska: 'mkv',
  webm: 'webm',
  mp4: 'mp4',
  quicktime: 'mov',
  '3gp': '3gp',
  avi: 'avi',
  'mpeg-ts': 'ts',
  m2ts: 'ts',
  'm2ts-unstamped': 'ts',
  'mpeg-ps': 'ps',
  asf: 'wmv',
  flv: 'flv',
}

/** By MediaInfo's names. */
const VIDEO_CODECS: Readonly<Record<string, VideoCodec>> = {
  AVC: 'h264',
  HEVC: 'hevc',
  VP8: 'vp8',
  VP9: 'vp9',
  AV1: 'av1',
  'MPEG Video': 'mpeg2',
  'MPEG-4 Visual': 'mpeg4',
  'VC-1': 'vc1',
  JPEG: 'mjpeg',
}

/** HE-AAC is heard as AAC, and DTS-HD as the DTS inside of it, where that is all that is played. */
const AUDIO_CODECS: Readonly<Record<string, readonly AudioCodec[]>> = {
  AAC: ['aac', 'heaac'],
  'AC-3': ['ac3'],
  'E-AC-3': ['eac3'],
  'AC-4': ['ac4'],
  DTS: ['dts', 'dtshd'],
  'MLP FBA': ['truehd'],
  PCM: ['pcm'],
  FLAC: ['flac'],
  ALAC: ['alac'],
  Opus: ['opus'],
  Vorbis: ['vorbis'],
  WMA: ['wma'],
}

/** Which is called what its tracks are. */
const WIDER: Readonly<Partial<Record<ContainerFormat, ContainerFormat>>> = { webm: 'mkv' }

/** H.264 of more bits is played by no television. */
const H264_BITS = 8
/** Films are cut a few lines more or less than they should. */
const LINES_OVER = 1.1

/**
 * Why a renderer that we know will probably not play a film, in words for a person: `sound is DTS`; empty where nothing is
 * known to be in its way. What is played is known of few devices for certain, so nothing is ever hidden for it.
 */
export function obstaclesFor(
  { id, plays }: Pick<RendererProfile, 'id' | 'plays'>,
  facts: MediaFacts | undefined,
): readonly string[] {
  if (facts?.kind !== 'video' || id === DEFAULT_PROFILE.id || plays.video.length === 0) return []
  return [
    ...containerObstacle(plays, facts.container),
    ...pictureObstacles(plays, facts.video),
    ...soundObstacle(plays, facts.audio),
  ]
}

/** Whether an image of this codec, as MediaInfo calls it, is shown as it is. */
export function showsImage({ plays }: Pick<RendererProfile, 'plays'>, codec: string): boolean {
  return plays.images.some((image) => image === codec.toLowerCase())
}

function containerObstacle({ containers }: Playable, kind: ContainerKind): readonly string[] {
  const format = CONTAINERS[kind]
  if (format === undefined || containers.includes(format)) return []
  const wider = WIDER[format]
  return wider !== undefined && containers.includes(wider) ? [] : [`the file is ${format}`]
}

function pictureObstacles(
  { video, bitDepth, maxLines }: Playable,
  track: VideoFacts['video'],
): readonly string[] {
  const codec = VIDEO_CODECS[track.codec]
  if (codec === undefined) return []
  if (!video.includes(codec)) return [`the picture is ${track.codec}`]
  const bits = track.bitDepth ?? 0
  const lines = track.height ?? 0
  return [
    ...(bits > (codec === 'h264' ? H264_BITS : bitDepth) ? [`the picture has ${bits} bits`] : []),
    ...(lines > maxLines * LINES_OVER ? [`the picture has ${lines} lines`] : []),
  ]
}

/** One track that is heard is enough where one can be chosen. */
function soundObstacle(
  { audio, firstAudioOnly }: Playable,
  tracks: readonly AudioTrack[],
): readonly string[] {
  const heard = firstAudioOnly ? tracks.slice(0, 1) : tracks
  const isHeard = (track: AudioTrack): boolean => {
    const codecs = audioCodecs(track)
    return codecs === null || codecs.some((codec) => audio.includes(codec))
  }
  if (heard.length === 0 || heard.some(isHeard)) return []
  return [`the sound is ${[...new Set(heard.map(({ codec }) => codec))].join(' and ')}`]
}

/** `null` for what we have no name for. */
function audioCodecs({ codec, profile }: AudioTrack): readonly AudioCodec[] | null {
  if (codec !== 'MPEG Audio') return AUDIO_CODECS[codec] ?? null
  return profile === 'Layer 3' ? ['mp3'] : ['mp2', 'mp3']
}
