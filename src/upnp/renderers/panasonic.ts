import type { ProfileChanges, RendererRule } from './renderer-rule.ts'

/** Panasonic asks every folder in the same fixed order, which is not that of any folder. */
const COMMON: ProfileChanges = {
  sortOrder: 'ours',
  date: false,
  pushMetadata: 'none',
  alsoAs: {
    MPEG_TS_SD_NA: ['MPEG_TS_SD_EU', 'MPEG_TS_SD_KO'],
    MPEG_TS_SD_EU: ['MPEG_TS_SD_NA', 'MPEG_TS_SD_KO'],
  },
}

/** 58DX900, 49ES500, 55Z90A. */
const UHD_PANASONIC = /\d\d[CDEFGHJLM][SXZ]\d|\d\d[WZ]\d\d[A-D]/
const PANASONIC_2012 = /(?:GT|VT|WT|XT|UT|ET|DT|ST)[56]0?\b|(?:\b|L\d\d)E[56]\b|A[SX]\d{3}/

export const PANASONIC: readonly RendererRule[] = [
  {
    id: 'panasonic-bd',
    name: 'Panasonic Blu-ray player or recorder',
    family: 'panasonic',
    matches: [
      { userAgent: /^IPI\/1\.0/, description: { manufacturer: /panasonic/i } },
      { friendlyName: /^(?:BD Player|DMP-|DMR-)/ },
      { description: { manufacturer: /panasonic/i, modelNumber: /^(?:DMP|DMR|DP-UB)/ } },
    ],
    changes: {
      ...COMMON,
      mimeTypes: { ts: 'video/vnd.dlna.mpeg-tts', flac: 'audio/flac', wav: 'audio/L16' },
      plays: {
        containers: ['mkv', 'mp4', 'ts', 'ps', 'avi'],
        video: ['h264', 'mpeg2', 'mpeg4'],
        audio: ['aac', 'ac3', 'dts', 'flac', 'mp3', 'pcm', 'vorbis'],
        subtitles: ['srt', 'ass', 'sub', 'txt'],
      },
    },
  },
  {
    id: 'panasonic-uhd',
    name: 'Panasonic UHD TV (2015 and later)',
    family: 'panasonic',
    matches: [
      { panasonicName: UHD_PANASONIC },
      {
        userAgent: /Panasonic MIL DLNA CP/,
        description: { modelNumber: UHD_PANASONIC },
      },
    ],
    changes: {
      ...COMMON,
      mimeTypes: { avi: 'video/avi', flac: 'audio/flac', wav: 'audio/wav', m4a: 'audio/x-m4a' },
      plays: {
        containers: ['mkv', 'mp4', 'ts', 'ps', 'avi', 'webm', 'mov'],
        video: ['h264', 'hevc', 'vp9', 'mpeg2', 'mpeg4', 'vc1'],
        audio: ['aac', 'heaac', 'ac3', 'eac3', 'mp3', 'vorbis'],
        subtitles: ['srt', 'sub', 'txt'],
        maxLines: 2160,
        bitDepth: 10,
        firstAudioOnly: false,
      },
    },
  },
  {
    id: 'panasonic-2012',
    name: 'Panasonic TV (2012-2014)',
    family: 'panasonic',
    matches: [
      { panasonicName: PANASONIC_2012 },
      {
        userAgent: /Panasonic MIL DLNA CP/,
        description: { modelNumber: PANASONIC_2012 },
      },
    ],
    changes: {
      ...COMMON,
      mimeTypes: { avi: 'video/avi', flac: 'audio/flac', wav: 'audio/wav', m4a: 'audio/x-m4a' },
      plays: {
        containers: ['mkv', 'mp4', 'ts', 'ps', 'avi', 'flv', 'mov', 'wmv'],
        video: ['h264', 'mpeg2', 'mpeg4', 'vc1'],
        audio: ['aac', 'heaac', 'ac3', 'eac3', 'dts', 'mp3', 'mp2', 'vorbis'],
        subtitles: ['srt', 'sub', 'txt'],
      },
    },
  },
  {
    id: 'panasonic',
    name: 'Panasonic TV (2010-2011, or of an unknown year)',
    family: 'panasonic',
    matches: [
      { userAgent: /Panasonic MIL DLNA CP/, isVague: true },
      { description: { manufacturer: /panasonic/i }, isVague: true },
    ],
    changes: {
      ...COMMON,
      mimeTypes: {
        avi: 'video/divx',
        flac: 'audio/flac',
        wav: 'audio/L16',
        m4a: 'audio/x-m4a',
      },
      plays: {
        containers: ['avi', 'ps', 'ts', 'wmv'],
        video: ['h264', 'mpeg2', 'mpeg4', 'mjpeg'],
        audio: ['aac', 'ac3', 'mp3', 'mp2', 'pcm'],
        subtitles: ['srt', 'sub', 'txt'],
      },
    },
  },
]
