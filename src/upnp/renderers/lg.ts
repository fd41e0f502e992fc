import type { ProfileChanges, RendererRule } from './renderer-rule.ts'

/** Neither the profile names of MKV and MP4 nor captions of Samsung's are of use to them. */
const LG: ProfileChanges = { profileNames: false, captions: { res: true, header: 'asked' } }

const WEBOS: ProfileChanges = {
  ...LG,
  mimeTypes: { avi: 'video/avi', flac: 'audio/flac', wav: 'audio/L16' },
  plays: {
    containers: ['mkv', 'mp4', 'ts', 'ps', 'mov', 'avi', 'webm'],
    video: ['h264', 'hevc', 'vp8', 'vp9', 'mpeg2', 'mpeg4', 'mjpeg'],
    audio: ['aac', 'heaac', 'ac3', 'mp3', 'mp2', 'vorbis'],
    subtitles: ['srt'],
    maxLines: 2160,
    bitDepth: 10,
    firstAudioOnly: false,
  },
}

const WEBOS_2020: ProfileChanges = {
  ...WEBOS,
  mimeTypes: { ...WEBOS.mimeTypes, ts: 'video/vnd.dlna.mpeg-tts' },
  plays: {
    ...WEBOS.plays,
    video: ['h264', 'hevc', 'vp8', 'vp9', 'av1', 'mpeg2', 'mpeg4', 'mjpeg'],
    audio: ['aac', 'heaac', 'ac3', 'eac3', 'ac4', 'mp3', 'mp2', 'pcm', 'opus'],
    subtitles: ['srt', 'ass', 'sub', 'smi', 'txt', 'vtt'],
  },
}

const MODEL_2020 =
  /OLED\d\d[A-Z][X12]|(?:\b|\d\d)(?:UN|UP|UQ|LQ)\d|QNED\d{2,3}[PQU]|NANO7\d|NANO\d\d\d?[NPQU]/i
const MODEL_2023 =
  /OLED\d\d[A-Z][34]|(?:\b|\d\d)(?:UR|UT)\d|QNED\d\d(?:6[RT]|[RT]|6$)|NANO\d\d[RT]/i
// The 6 of 2026 is that of 2016 as well, when there were no sets of C6 with another letter before its size.
const MODEL_2025 = /OLED\d\d[A-Z]5|OLED\d\d[BCG]6\d|(?:\b|\d\d)UA\d|QNED\d\d[AB]|NANO\d\dA/i

/**
 * LG's. All webOS televisions from 2015 on send the same User-Agent: the year is in the model's number,
 * which stands in the description and, unless its owner has changed it, in DLNADeviceName.lge.com.
 */
export const LG_RULES: readonly RendererRule[] = [
  {
    id: 'lg-bd',
    name: 'LG Blu-ray player',
    family: 'lg',
    matches: [
      { userAgent: /LGE_DLNA_SDK.*\[BD\]/ },
      { description: { manufacturer: /^LG/i, modelName: /^(?:BD|BP|LG BD)/ } },
    ],
    changes: {
      ...LG,
      mimeTypes: { avi: 'video/x-divx' },
      plays: {
        containers: ['avi', 'mkv', 'mp4', 'ts', 'ps'],
        video: ['h264', 'mpeg2', 'mpeg4', 'vc1'],
        audio: ['aac', 'ac3', 'dts', 'mp3', 'mp2', 'wma'],
        subtitles: ['srt', 'ass', 'sub', 'smi', 'txt'],
      },
    },
  },
  {
    id: 'lg-2010',
    name: 'LG TV (2010-2011)',
    family: 'lg',
    matches: [{ userAgent: /LGE_DLNA_SDK\/1\.5/ }],
    changes: {
      ...LG,
      titleDot: true,
      sortOrder: 'ours',
      mimeTypes: { avi: 'video/x-divx', wav: 'audio/wav' },
      plays: {
        containers: ['avi', 'mkv', 'mp4', 'ts', 'ps'],
        video: ['h264', 'mpeg2', 'mpeg4'],
        audio: ['aac', 'ac3', 'mp3', 'mp2'],
      },
    },
  },
  {
    id: 'lg-2013',
    name: 'LG TV (2013-2014: NetCast 4, webOS 1)',
    family: 'lg',
    matches: [
      { userAgent: /LGE_DLNA_SDK\/1\.6\.0 \[TV\]\[LG\]/ },
      { userAgent: /LG NetCast\.TV-201[34]/ },
      { userAgent: /LGE_DLNA_SDK\/1\.6/, description: { modelNumber: /\d\d(?:LA|LB|UB|LN)\d/ } },
    ],
    changes: {
      ...LG,
      mimeTypes: { avi: 'video/avi', flac: 'audio/flac', wav: 'audio/wav' },
      plays: {
        containers: ['mkv', 'mp4', 'ts', 'ps', 'avi'],
        video: ['h264', 'mpeg2', 'mpeg4', 'vc1', 'mjpeg'],
        audio: ['aac', 'heaac', 'ac3', 'mp3', 'dts'],
      },
    },
  },
  {
    id: 'lg-webos-2025',
    name: 'LG webOS TV (2025 and later)',
    family: 'lg',
    matches: [
      { userAgent: /LGE WebOS TV/, description: { modelNumber: MODEL_2025 } },
      { userAgent: /LGE WebOS TV/, lgName: MODEL_2025 },
      { description: { modelName: /^LG (?:Smart )?TV/, modelNumber: MODEL_2025 } },
    ],
    changes: WEBOS_2020,
  },
  {
    id: 'lg-webos-2023',
    name: 'LG webOS TV (2023-2024)',
    family: 'lg',
    matches: [
      { userAgent: /LGE WebOS TV/, description: { modelNumber: MODEL_2023 } },
      { userAgent: /LGE WebOS TV/, lgName: MODEL_2023 },
      { description: { modelName: /^LG (?:Smart )?TV/, modelNumber: MODEL_2023 } },
    ],
    changes: {
      ...WEBOS_2020,
      plays: {
        ...WEBOS_2020.plays,
        // LG promises DTS for its OLED and the larger QNED models alone; the rest is silent at worst.
        audio: ['aac', 'heaac', 'ac3', 'eac3', 'ac4', 'dts', 'dtshd', 'mp3', 'mp2', 'pcm', 'opus'],
      },
    },
  },
  {
    id: 'lg-webos-2020',
    name: 'LG webOS TV (2020-2022)',
    family: 'lg',
    matches: [
      { userAgent: /LGE WebOS TV/, description: { modelNumber: MODEL_2020 } },
      { userAgent: /LGE WebOS TV/, lgName: MODEL_2020 },
      { description: { modelName: /^LG (?:Smart )?TV/, modelNumber: MODEL_2020 } },
    ],
    changes: WEBOS_2020,
  },
  {
    id: 'lg-webos',
    name: 'LG webOS TV (2015-2019, or of an unknown year)',
    family: 'lg',
    matches: [
      { userAgent: /LGE WebOS TV|\bWeb0S\b|\[LG\] webOS TV/, isVague: true },
      { description: { manufacturer: /^LG/i, modelDescription: /webOS ?TV/i }, isVague: true },
    ],
    changes: WEBOS,
  },
  {
    id: 'lg-netcast',
    name: 'LG NetCast TV (2011-2012)',
    family: 'lg',
    matches: [{ userAgent: /LGE_DLNA_SDK|LG NetCast\.TV/, isVague: true }],
    changes: {
      ...LG,
      mimeTypes: { avi: 'video/x-divx', wav: 'audio/wav' },
      plays: {
        containers: ['avi', 'mkv', 'mp4', 'ts', 'ps', 'wmv'],
        video: ['h264', 'mpeg2', 'mpeg4', 'vc1'],
        audio: ['aac', 'ac3', 'mp3', 'mp2'],
        subtitles: ['srt', 'ass', 'sub', 'txt'],
      },
    },
  },
]
