import type {
  AudioFacts,
  AudioTrack,
  ImageFacts,
  MediaFacts,
  VideoFacts,
} from './probe/media-facts.ts'

/**
 * DLNA.ORG_PN: exactly what the file is, or `null`. A wrong name hides a file from a renderer or makes
 * it refuse it, a missing one does neither. Matroska, AVI, WebM, FLV, HEVC and sound without loss have
 * no certified name. Of a file of which nothing is known there is none. The limits are those that are tried most, see MiniDLNA's.
 *
 * @param mimeType - What the file is announced as: a name belongs to one MIME type.
 */
export function dlnaProfile(facts: MediaFacts | undefined, mimeType: string): string | null {
  if (facts === undefined) return null
  switch (facts.kind) {
    case 'video':
      return videoProfile(facts, mimeType)
    case 'audio':
      return audioProfile(facts, mimeType)
    case 'image':
      return imageProfile(facts, mimeType)
  }
}

const KBIT = 1_000
const MBIT = 1_000_000

/** Names of sound in a name: what a renderer has to decode beside the video. */
type Sound = 'AAC' | 'HEAAC' | 'AC3' | 'MP3' | 'MP2' | 'WMA' | 'AMR'

function soundOf(track: AudioTrack | undefined): Sound | null {
  if (track === undefined) return null
  const { codec, profile } = track
  // Above 48 kHz the profiles know none of them.
  if ((track.sampleRate ?? 48_001) > 48_000) return null
  if (codec === 'AAC') return profile === 'LC' ? 'AAC' : null
  if (codec === 'AC-3') return 'AC3'
  if (codec === 'AMR') return 'AMR'
  if (codec === 'MPEG Audio') {
    if (profile === 'Layer 3') return 'MP3'
    return profile === 'Layer 2' ? 'MP2' : null
  }
  return null
}

function videoProfile(facts: VideoFacts, mimeType: string): string | null {
  const { container } = facts
  switch (container) {
    case 'mp4':
      return mimeType === 'video/mp4' ? mp4Profile(facts) : null
    case '3gp':
      return mimeType === 'video/3gpp' ? threeGpProfile(facts) : null
    case 'mpeg-ts':
      return mimeType === 'video/mpeg' ? transportProfile(facts, '_ISO') : null
    case 'm2ts':
      return mimeType === 'video/vnd.dlna.mpeg-tts' ? transportProfile(facts, '_T') : null
    case 'm2ts-unstamped':
      return mimeType === 'video/vnd.dlna.mpeg-tts' ? transportProfile(facts, '') : null
    case 'mpeg-ps':
      return mimeType === 'video/mpeg' ? programProfile(facts) : null
    case 'asf':
      return mimeType === 'video/x-ms-wmv' ? windowsProfile(facts) : null
    default:
      return null
  }
}

interface Limit {
  readonly width: number
  readonly height: number
  /** Bits per second, of the whole file. */
  readonly bitRate: number
  readonly name: string
}

/** The first that the file keeps to; `null` where it keeps to none, or something is not known. */
function within(limits: readonly Limit[], { video, bitRate }: VideoFacts): string | null {
  const { width, height } = video
  if (width === null || height === null || bitRate === null) return null
  const fits = (limit: Limit): boolean =>
    width <= limit.width && height <= limit.height && bitRate <= limit.bitRate
  return limits.find(fits)?.name ?? null
}

const MP4_MAIN: readonly Limit[] = [
  { width: 720, height: 576, bitRate: 10 * MBIT, name: 'SD' },
  { width: 1280, height: 720, bitRate: 15 * MBIT, name: 'HD_720p' },
  { width: 1920, height: 1080, bitRate: 21 * MBIT, name: 'HD_1080i' },
]
const MP4_HIGH: readonly Limit[] = [{ width: 1920, height: 1080, bitRate: 25 * MBIT, name: 'HD' }]
const MP4_SIMPLE: readonly Limit[] = [{ width: 640, height: 480, bitRate: 4 * MBIT, name: 'VGA' }]
const MP4_ADVANCED: readonly Limit[] = [{ width: 720, height: 576, bitRate: MBIT, name: '' }]

function mp4Profile(facts: VideoFacts): string | null {
  const { codec, profile } = facts.video
  if (codec === 'MPEG-4 Visual') return mpeg4Profile(facts)
  if (!isPlainAvc(facts)) return null
  const sound = soundOf(facts.audio[0])
  if (profile === 'Main') return mainProfile(facts, sound)
  if (sound !== 'AAC') return null
  if (profile === 'High') return within(MP4_HIGH, facts) === null ? null : 'AVC_MP4_HP_HD_AAC'
  const isBaseline = profile === 'Baseline' || profile === 'Constrained Baseline'
  return isBaseline && isStereo(facts.audio[0]) ? baselineProfile(facts) : null
}

function mpeg4Profile(facts: VideoFacts): string | null {
  const [track] = facts.audio
  if (soundOf(track) !== 'AAC' || !isStereo(track)) return null
  const { profile } = facts.video
  if (profile === 'Simple' && within(MP4_SIMPLE, facts)) return 'MPEG4_P2_MP4_SP_VGA_AAC'
  const isAdvanced = profile === 'Advanced Simple' && within(MP4_ADVANCED, facts) !== null
  return isAdvanced ? 'MPEG4_P2_MP4_ASP_AAC' : null
}

function mainProfile(facts: VideoFacts, sound: Sound | null): string | null {
  const size = within(MP4_MAIN, facts)
  if (size === null) return null
  if (size === 'SD') return mainSd(sound, facts.audio[0])
  return sound === 'AAC' && isStereo(facts.audio[0]) ? `AVC_MP4_MP_${size}_AAC` : null
}

function mainSd(sound: Sound | null, track: AudioTrack | undefined): string | null {
  if (sound === 'AAC') return isMultichannel(track) ? 'AVC_MP4_MP_SD_AAC_MULT5' : null
  if (sound === 'AC3') return 'AVC_MP4_MP_SD_AC3'
  return sound === 'MP3' ? 'AVC_MP4_MP_SD_MPEG1_L3' : null
}

function baselineProfile(facts: VideoFacts): string | null {
  const { level, frameRate, width, height } = facts.video
  const isCif = width === 352 && height === 288
  if (isCif && frameRate !== null) {
    if (frameRate <= 15 && (facts.bitRate ?? MBIT) < 520 * KBIT) return 'AVC_MP4_BL_CIF15_AAC_520'
    if (frameRate <= 30 && (facts.bitRate ?? MBIT) < 940 * KBIT) return 'AVC_MP4_BL_CIF30_AAC_940'
  }
  const own = level === null ? Number.NaN : Number(level)
  // Who plays a level plays those below it.
  return within(
    MP4_BASELINE.filter((limit) => limit.level >= own),
    facts,
  )
}

const MP4_BASELINE: readonly (Limit & { readonly level: number })[] = [
  { level: 3, width: 720, height: 576, bitRate: 5 * MBIT, name: 'AVC_MP4_BL_L3L_SD_AAC' },
  { level: 3.1, width: 1280, height: 720, bitRate: 15 * MBIT, name: 'AVC_MP4_BL_L31_HD_AAC' },
  { level: 3.2, width: 1280, height: 720, bitRate: 21 * MBIT, name: 'AVC_MP4_BL_L32_HD_AAC' },
]

const TS_SD: Limit = { width: 720, height: 576, bitRate: 10 * MBIT, name: 'SD' }
const TS_HD: Limit = { width: 1920, height: 1080, bitRate: 20 * MBIT, name: 'HD' }
const TS_HIGH: Limit = { width: 1920, height: 1080, bitRate: 30 * MBIT, name: 'HD' }

function transportProfile(facts: VideoFacts, suffix: string): string | null {
  const { video, audio } = facts
  const sound = soundOf(audio[0])
  if (video.codec === 'MPEG Video') {
    const { width, height } = video
    const isSound = sound === 'AC3' || sound === 'MP2' || sound === 'MP3'
    if (width === null || height === null || !isSound || !isMpeg2Main(facts)) return null
    if (width >= 1280 && height >= 720) return `MPEG_TS_HD_NA${suffix}`
    return isPal(height) ? `MPEG_TS_SD_EU${suffix}` : `MPEG_TS_SD_NA${suffix}`
  }
  if (!isPlainAvc(facts)) return null
  if (video.profile === 'Main') {
    const size = within([TS_SD, TS_HD], facts)
    const name = transportSound(sound, audio[0])
    return size === null || name === null ? null : `AVC_TS_MP_${size}_${name}${suffix}`
  }
  if (video.profile !== 'High' || sound !== 'AC3') return null
  return within([TS_HIGH], facts) === null ? null : `AVC_TS_HP_HD_AC3${suffix}`
}

function transportSound(sound: Sound | null, track: AudioTrack | undefined): string | null {
  if (sound === 'AC3') return 'AC3'
  if (sound === 'MP3') return 'MPEG1_L3'
  return sound === 'AAC' && isMultichannel(track) ? 'AAC_MULT5' : null
}

function programProfile(facts: VideoFacts): string | null {
  const { video, audio } = facts
  const sound = soundOf(audio[0])
  const { width, height, codec } = video
  if (codec !== 'MPEG Video' || width === null || height === null) return null
  if (isMpeg1(facts)) return width === 352 && height <= 288 && sound === 'MP2' ? 'MPEG1' : null
  const isSound = sound === 'AC3' || sound === 'MP2' || isPcm(audio[0])
  if (!isSound || !isMpeg2Main(facts) || width > 720 || height > 576) return null
  return isPal(height) ? 'MPEG_PS_PAL' : 'MPEG_PS_NTSC'
}

function windowsProfile(facts: VideoFacts): string | null {
  const { video, audio } = facts
  const isVideo = video.codec === 'VC-1' || video.codec === 'WMV3'
  const sound = windowsSound(audio[0])
  if (!isVideo || sound === null) return null
  const { width, height } = video
  if (width === null || height === null || width > 1920 || height > 1080) return null
  const isSd = width <= 720 && height <= 576
  if (isSd) return `WMVMED_${sound}`
  return sound === 'BASE' ? 'WMVHIGH_FULL' : `WMVHIGH_${sound}`
}

function windowsSound(track: AudioTrack | undefined): 'BASE' | 'FULL' | 'PRO' | null {
  if (track === undefined || track.codec !== 'WMA' || track.bitRate === null) return null
  if (track.profile === 'Pro') return 'PRO'
  if (track.profile !== null || !isStereo(track)) return null
  if (track.bitRate <= 193 * KBIT) return 'BASE'
  return track.bitRate <= 385 * KBIT ? 'FULL' : null
}

function threeGpProfile({ video, audio }: VideoFacts): string | null {
  if (video.codec !== 'MPEG-4 Visual' || video.profile !== 'Simple') return null
  const sound = soundOf(audio[0])
  return sound === 'AAC' || sound === 'AMR' ? `MPEG4_P2_3GPP_SP_L0B_${sound}` : null
}

function audioProfile({ container, audio, bitRate }: AudioFacts, mimeType: string): string | null {
  const [track, ...others] = audio
  if (track === undefined || others.length > 0) return null
  const sound = soundOf(track)
  const rate = track.bitRate ?? bitRate ?? Number.POSITIVE_INFINITY
  switch (`${container} ${mimeType}`) {
    case 'mp3 audio/mpeg':
      return sound === 'MP3' && isMp3Rate(track.sampleRate) ? 'MP3' : null
    case 'mp4 audio/mp4':
      if (isStereo(track)) return sound === 'AAC' ? byRate('AAC_ISO', rate) : null
      return sound === 'AAC' && isMultichannel(track) ? 'AAC_MULT5_ISO' : null
    case 'adts audio/vnd.dlna.adts':
      return sound === 'AAC' && isStereo(track) ? byRate('AAC_ADTS', rate) : null
    case 'asf audio/x-ms-wma':
      return windowsAudioProfile(track)
    default:
      return null
  }
}

const byRate = (name: string, rate: number): string => (rate <= 320 * KBIT ? `${name}_320` : name)

function windowsAudioProfile(track: AudioTrack): string | null {
  if (track.codec !== 'WMA') return null
  if (track.profile === 'Lossless') return isStereo(track) ? 'WMALSL' : 'WMALSL_MULT5'
  const sound = windowsSound(track)
  return sound === null ? null : `WMA${sound}`
}

const IMAGE_NAMES: readonly (readonly [suffix: string, width: number, height: number])[] = [
  ['TN', 160, 160],
  ['SM', 640, 480],
  ['MED', 1024, 768],
  ['LRG', 4096, 4096],
]

function imageProfile(facts: ImageFacts, mimeType: string): string | null {
  const { codec, width, height } = facts
  if (width === null || height === null || facts.isBroken) return null
  const size = IMAGE_NAMES.find(([, most, highest]) => width <= most && height <= highest)?.[0]
  if (size === undefined) return null
  if (codec === 'JPEG' && mimeType === 'image/jpeg') return `JPEG_${size}`
  if (codec !== 'PNG' || mimeType !== 'image/png') return null
  return size === 'TN' ? 'PNG_TN' : 'PNG_LRG'
}

/** 8 bits, in the colour format that all profiles of these names have. */
function isPlainAvc({ video }: VideoFacts): boolean {
  return video.codec === 'AVC' && video.bitDepth === 8
}

const isStereo = (track: AudioTrack | undefined): boolean => {
  const channels = track?.channels ?? 0
  return channels > 0 && channels <= 2
}
const isMultichannel = (track: AudioTrack | undefined): boolean => {
  const channels = track?.channels ?? 0
  return channels > 0 && channels <= 6
}
const isPcm = (track: AudioTrack | undefined): boolean => track?.codec === 'PCM'
const isPal = (height: number): boolean => height === 576 || height === 288
const isMp3Rate = (rate: number | null): boolean => rate !== null && rate >= 32_000

/** MPEG-1 has neither profiles nor levels. */
const isMpeg1 = ({ video }: VideoFacts): boolean => video.profile === null
const isMpeg2Main = ({ video }: VideoFacts): boolean => video.profile === 'Main'
