import { expect, it } from 'vitest'
import { dlnaProfile } from '../../src/media/dlna-profile.ts'
import type {
  AudioFacts,
  AudioTrack,
  ContainerKind,
  VideoFacts,
} from '../../src/media/probe/media-facts.ts'

const MBIT = 1_000_000

function sound(codec: string, profile: string | null, more: Partial<AudioTrack> = {}): AudioTrack {
  return {
    ...{ codec, profile, channels: 2, sampleRate: 48_000, bitRate: 128_000, bitDepth: null },
    ...{ language: null, title: null, isDefault: true },
    ...more,
  }
}

const AAC = sound('AAC', 'LC')
const AAC_6 = sound('AAC', 'LC', { channels: 6 })
const AC3 = sound('AC-3', null, { channels: 6 })
const MP3 = sound('MPEG Audio', 'Layer 3')
const MP2 = sound('MPEG Audio', 'Layer 2')
const WMA = sound('WMA', null)

interface Film extends Partial<VideoFacts['video']> {
  readonly rate?: number
}

function film(
  container: ContainerKind,
  { rate = 4 * MBIT, ...video }: Film,
  ...audio: readonly AudioTrack[]
): VideoFacts {
  return {
    ...{ kind: 'video', container, title: null, cover: null, durationMs: 60_000 },
    ...{ bitRate: rate, audio: [...audio], subtitles: [] },
    video: {
      ...{ codec: 'AVC', profile: 'Main', level: '3.1', bitDepth: 8, width: 1280, height: 720 },
      ...{ frameRate: 25, isInterlaced: false },
      ...video,
    },
  }
}

const SD = { width: 720, height: 576 }
const FULL_HD = { width: 1920, height: 1080 }
const HIGH = { profile: 'High', level: '4' }
const BASELINE = { profile: 'Constrained Baseline' }
const MPEG2 = { codec: 'MPEG Video', profile: 'Main', level: 'Main' }
const ASP = { codec: 'MPEG-4 Visual', profile: 'Advanced Simple' }
const MP4 = 'video/mp4'
const TS = 'video/mpeg'
const TTS = 'video/vnd.dlna.mpeg-tts'
const WMV = 'video/x-ms-wmv'

it.each([
  ['Main SD, AAC', film('mp4', SD, AAC_6), MP4, 'AVC_MP4_MP_SD_AAC_MULT5'],
  ['Main SD, AC-3', film('mp4', SD, AC3), MP4, 'AVC_MP4_MP_SD_AC3'],
  ['Main SD, MP3', film('mp4', SD, MP3), MP4, 'AVC_MP4_MP_SD_MPEG1_L3'],
  ['Main 720p, AAC', film('mp4', {}, AAC), MP4, 'AVC_MP4_MP_HD_720p_AAC'],
  ['Main 1080, AAC', film('mp4', FULL_HD, AAC), MP4, 'AVC_MP4_MP_HD_1080i_AAC'],
  ['Main 720p of 16 Mbit/s', film('mp4', { rate: 16 * MBIT }, AAC), MP4, 'AVC_MP4_MP_HD_1080i_AAC'],
  ['Main 720p, AC-3', film('mp4', {}, AC3), MP4, null],
  ['Main 1080 of 22 Mbit/s', film('mp4', { ...FULL_HD, rate: 22 * MBIT }, AAC), MP4, null],
  ['High 1080, AAC', film('mp4', { ...FULL_HD, ...HIGH }, AAC), MP4, 'AVC_MP4_HP_HD_AAC'],
  ['High 1080, AC-3', film('mp4', { ...FULL_HD, ...HIGH }, AC3), MP4, null],
  ['High, 10 bits', film('mp4', { ...HIGH, profile: 'High 10', bitDepth: 10 }, AAC), MP4, null],
  ['High 2160', film('mp4', { ...HIGH, width: 3840, height: 2160 }, AAC), MP4, null],
  ['HE-AAC', film('mp4', {}, sound('AAC', 'HE-AAC / LC')), MP4, null],
  ['AAC of 96 kHz', film('mp4', {}, sound('AAC', 'LC', { sampleRate: 96_000 })), MP4, null],
  ['no sound', film('mp4', {}), MP4, null],
  [
    'Baseline 3',
    film('mp4', { ...BASELINE, ...SD, level: '3' }, AAC),
    MP4,
    'AVC_MP4_BL_L3L_SD_AAC',
  ],
  ['Baseline 3.1', film('mp4', BASELINE, AAC), MP4, 'AVC_MP4_BL_L31_HD_AAC'],
  [
    'Baseline 3 of more bits than it may have by that name',
    { ...film('mp4', { ...BASELINE, level: '3' }, AAC), bitRate: 6_000_000 },
    MP4,
    'AVC_MP4_BL_L31_HD_AAC',
  ],
  [
    'Baseline 2.1',
    film('mp4', { ...BASELINE, width: 640, height: 360, level: '2.1' }, AAC),
    MP4,
    'AVC_MP4_BL_L3L_SD_AAC',
  ],
  ['Baseline 4', film('mp4', { ...BASELINE, level: '4' }, AAC), MP4, null],
  ['Baseline 3.2', film('mp4', { ...BASELINE, level: '3.2' }, AAC), MP4, 'AVC_MP4_BL_L32_HD_AAC'],
  ['Baseline 4', film('mp4', { ...BASELINE, level: '4' }, AAC), MP4, null],
  [
    'Baseline CIF of 15 frames',
    film('mp4', { ...BASELINE, width: 352, height: 288, frameRate: 15, rate: 500_000 }, AAC),
    MP4,
    'AVC_MP4_BL_CIF15_AAC_520',
  ],
  [
    'Baseline CIF of 30 frames',
    film('mp4', { ...BASELINE, width: 352, height: 288, frameRate: 30, rate: 900_000 }, AAC),
    MP4,
    'AVC_MP4_BL_CIF30_AAC_940',
  ],
  ['ASP', film('mp4', { ...ASP, ...SD, rate: 900_000 }, AAC), MP4, 'MPEG4_P2_MP4_ASP_AAC'],
  [
    'SP VGA',
    film('mp4', { codec: 'MPEG-4 Visual', profile: 'Simple', width: 640, height: 480 }, AAC),
    MP4,
    'MPEG4_P2_MP4_SP_VGA_AAC',
  ],
  ['HEVC', film('mp4', { codec: 'HEVC', profile: 'Main' }, AAC), MP4, null],
  ['QuickTime', film('quicktime', {}, AAC), 'video/quicktime', null],
  ['an MP4 that is called .mkv', film('mp4', {}, AAC), 'video/x-matroska', null],
  ['a Matroska file that is called .mp4', film('matroska', {}, AAC), MP4, null],
  ['Matroska', film('matroska', {}, AAC), 'video/x-matroska', null],
  ['AVI', film('avi', { ...ASP, ...SD }, MP3), 'video/x-msvideo', null],
  ['TS, Main SD, AC-3', film('mpeg-ts', SD, AC3), TS, 'AVC_TS_MP_SD_AC3_ISO'],
  ['TS, Main HD, AAC', film('mpeg-ts', {}, AAC_6), TS, 'AVC_TS_MP_HD_AAC_MULT5_ISO'],
  ['TS, Main HD, MP3', film('mpeg-ts', {}, MP3), TS, 'AVC_TS_MP_HD_MPEG1_L3_ISO'],
  ['TS, High, AC-3', film('mpeg-ts', { ...FULL_HD, ...HIGH }, AC3), TS, 'AVC_TS_HP_HD_AC3_ISO'],
  ['TS, High, DTS', film('mpeg-ts', { ...FULL_HD, ...HIGH }, sound('DTS', null)), TS, null],
  ['m2ts, High, AC-3', film('m2ts', { ...FULL_HD, ...HIGH }, AC3), TTS, 'AVC_TS_HP_HD_AC3_T'],
  ['m2ts without stamps', film('m2ts-unstamped', { ...HIGH }, AC3), TTS, 'AVC_TS_HP_HD_AC3'],
  ['m2ts that is called .ts', film('m2ts', { ...HIGH }, AC3), TS, null],
  ['TS, MPEG-2 HD', film('mpeg-ts', { ...MPEG2, ...FULL_HD }, AC3), TS, 'MPEG_TS_HD_NA_ISO'],
  ['TS, MPEG-2 PAL', film('mpeg-ts', { ...MPEG2, ...SD }, MP2), TS, 'MPEG_TS_SD_EU_ISO'],
  [
    'TS, MPEG-2 NTSC',
    film('mpeg-ts', { ...MPEG2, width: 720, height: 480 }, AC3),
    TS,
    'MPEG_TS_SD_NA_ISO',
  ],
  ['PS, PAL', film('mpeg-ps', { ...MPEG2, ...SD }, MP2), TS, 'MPEG_PS_PAL'],
  ['PS, NTSC', film('mpeg-ps', { ...MPEG2, width: 720, height: 480 }, AC3), TS, 'MPEG_PS_NTSC'],
  ['PS, HD', film('mpeg-ps', { ...MPEG2, ...FULL_HD }, AC3), TS, null],
  [
    'PS, MPEG-1',
    film('mpeg-ps', { ...MPEG2, profile: null, width: 352, height: 288 }, MP2),
    TS,
    'MPEG1',
  ],
  ['WMV SD', film('asf', { codec: 'WMV3', ...SD }, WMA), WMV, 'WMVMED_BASE'],
  ['WMV SD, Pro', film('asf', { codec: 'VC-1', ...SD }, sound('WMA', 'Pro')), WMV, 'WMVMED_PRO'],
  [
    'WMV HD',
    film('asf', { codec: 'VC-1' }, sound('WMA', null, { bitRate: 256_000 })),
    WMV,
    'WMVHIGH_FULL',
  ],
  ['WMV 8', film('asf', { codec: 'WMV2', ...SD }, WMA), WMV, null],
  [
    '3GP',
    film('3gp', { codec: 'MPEG-4 Visual', profile: 'Simple', width: 176, height: 144 }, AAC),
    'video/3gpp',
    'MPEG4_P2_3GPP_SP_L0B_AAC',
  ],
])('a film (%s) is called what it is, or nothing', (_, facts, mimeType, profile) => {
  expect(dlnaProfile(facts, mimeType)).toBe(profile)
})

function song(container: ContainerKind, ...audio: readonly AudioTrack[]): AudioFacts {
  const common = { kind: 'audio', container, title: null, cover: null } as const
  return { ...common, durationMs: 60_000, bitRate: 128_000, audio: [...audio] }
}

it.each([
  ['MP3', song('mp3', MP3), 'audio/mpeg', 'MP3'],
  ['MP2', song('mp3', MP2), 'audio/mpeg', null],
  [
    'MP3 of 22 kHz',
    song('mp3', sound('MPEG Audio', 'Layer 3', { sampleRate: 22_050 })),
    'audio/mpeg',
    null,
  ],
  ['M4A', song('mp4', AAC), 'audio/mp4', 'AAC_ISO_320'],
  [
    'M4A of 400 kbit/s',
    song('mp4', sound('AAC', 'LC', { bitRate: 400_000 })),
    'audio/mp4',
    'AAC_ISO',
  ],
  ['M4A 5.1', song('mp4', AAC_6), 'audio/mp4', 'AAC_MULT5_ISO'],
  ['ALAC', song('mp4', sound('ALAC', null)), 'audio/mp4', null],
  ['ADTS', song('adts', AAC), 'audio/vnd.dlna.adts', 'AAC_ADTS_320'],
  ['WMA', song('asf', WMA), 'audio/x-ms-wma', 'WMABASE'],
  [
    'WMA of 256 kbit/s',
    song('asf', sound('WMA', null, { bitRate: 256_000 })),
    'audio/x-ms-wma',
    'WMAFULL',
  ],
  ['WMA Pro', song('asf', sound('WMA', 'Pro', { channels: 6 })), 'audio/x-ms-wma', 'WMAPRO'],
  ['WMA Lossless', song('asf', sound('WMA', 'Lossless')), 'audio/x-ms-wma', 'WMALSL'],
  ['FLAC', song('flac', sound('FLAC', null)), 'audio/x-flac', null],
  ['WAV', song('wav', sound('PCM', null)), 'audio/x-wav', null],
  ['Ogg', song('ogg', sound('Vorbis', null)), 'audio/ogg', null],
])('sound (%s) is called what it is, or nothing', (_, facts, mimeType, profile) => {
  expect(dlnaProfile(facts, mimeType)).toBe(profile)
})

it.each([
  ['JPEG', 160, 160, 'image/jpeg', 'JPEG_TN'],
  ['JPEG', 161, 160, 'image/jpeg', 'JPEG_SM'],
  ['JPEG', 640, 480, 'image/jpeg', 'JPEG_SM'],
  ['JPEG', 480, 640, 'image/jpeg', 'JPEG_MED'],
  ['JPEG', 1024, 768, 'image/jpeg', 'JPEG_MED'],
  ['JPEG', 4096, 4096, 'image/jpeg', 'JPEG_LRG'],
  ['JPEG', 4097, 100, 'image/jpeg', null],
  ['PNG', 160, 120, 'image/png', 'PNG_TN'],
  ['PNG', 161, 120, 'image/png', 'PNG_LRG'],
  ['PNG', 100, 100, 'image/jpeg', null],
  ['GIF', 100, 100, 'image/gif', null],
])('an image (%s %d x %d, %s) is called %s', (codec, width, height, mimeType, profile) => {
  const facts = { kind: 'image', container: 'other', title: null, cover: null } as const
  expect(dlnaProfile({ ...facts, codec, width, height }, mimeType)).toBe(profile)
})

it('nothing is called what nobody has looked at', () => {
  expect(dlnaProfile(undefined, MP4)).toBeNull()
})
