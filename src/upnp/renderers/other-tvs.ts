import type { ProfileChanges, RendererRule } from './renderer-rule.ts'

const PHILIPS_TV: ProfileChanges = {
  captions: { header: 'always' },
  mimeTypes: { ts: 'video/vnd.dlna.mpeg-tts', wav: 'audio/L16' },
}

const UHD = { maxLines: 2160, bitDepth: 10, firstAudioOnly: false } as const

/** Televisions of all others. Those that share a User-Agent are told by their descriptions. */
export const OTHER_TVS: readonly RendererRule[] = [
  {
    id: 'philips-pfl',
    name: 'Philips TV (2010-2013)',
    matches: [{ userAgent: /PhilipsIntelSDK/ }],
    changes: {
      ...PHILIPS_TV,
      mimeTypes: { ...PHILIPS_TV.mimeTypes, mp4: 'video/h264' },
      plays: {
        containers: ['avi', 'mkv', 'mp4', 'ts', 'ps', 'wmv'],
        video: ['h264', 'mpeg2', 'mpeg4', 'vc1'],
        audio: ['aac', 'heaac', 'mp3', 'mp2'],
        subtitles: [],
      },
    },
  },
  {
    id: 'philips-android',
    name: 'Philips Android TV (2015 and later)',
    matches: [{ description: { manufacturer: /philips/i, modelNumber: /MTK|Android/i } }],
    changes: {
      ...PHILIPS_TV,
      mimeTypes: { ...PHILIPS_TV.mimeTypes, avi: 'video/avi', flac: 'audio/flac' },
      plays: {
        containers: ['mkv', 'mp4', 'ts', 'ps', 'avi', 'mov', 'webm'],
        video: ['h264', 'hevc', 'vp9', 'mpeg2', 'mpeg4'],
        audio: ['aac', 'heaac', 'ac3', 'eac3', 'mp3', 'wma'],
        subtitles: ['srt', 'sub', 'smi', 'txt'],
        ...UHD,
      },
    },
  },
  {
    id: 'philips-pus',
    name: 'Philips UHD TV (2013-2018)',
    matches: [{ description: { manufacturer: /philips/i, modelName: /P[UF]S\d|Philips TV DMR/ } }],
    changes: {
      ...PHILIPS_TV,
      mimeTypes: { ...PHILIPS_TV.mimeTypes, mp4: 'video/h264' },
      plays: {
        containers: ['avi', 'mkv', 'mp4', 'ps', 'ts'],
        video: ['h264', 'hevc', 'mpeg2', 'mpeg4'],
        audio: ['aac', 'heaac', 'ac3', 'mp3', 'mp2'],
        subtitles: ['srt', 'sub', 'smi', 'txt'],
        ...UHD,
      },
    },
  },
  {
    id: 'roku-tv',
    name: 'Roku TV or 4K player (TCL, Hisense, Sharp, onn)',
    family: 'roku',
    matches: [
      { userAgent: /\bRoku\/(?:4[468]\d\dX|[5-9]\d{3}X|DVP-(?:[89]|1\d)\.)/ },
      { description: { manufacturer: /roku|^TCL/i, modelName: /roku/i } },
    ],
    changes: {
      mimeTypes: { ts: 'video/vnd.dlna.mpeg-tts', wav: 'audio/wav' },
      plays: {
        containers: ['mkv', 'mp4', 'mov', 'webm', 'ts'],
        video: ['h264', 'hevc', 'vp9'],
        audio: ['aac', 'ac3', 'eac3', 'mp3', 'pcm', 'flac', 'opus', 'vorbis'],
        ...UHD,
      },
    },
  },
  {
    id: 'roku',
    name: 'Roku player (older)',
    family: 'roku',
    matches: [{ userAgent: /\bRoku\// }, { description: { manufacturer: /roku/i } }],
    changes: {
      mimeTypes: { wav: 'audio/wav' },
      plays: { containers: ['mp4', 'mkv', 'mov', 'ts'], video: ['h264'], audio: ['aac', 'mp3'] },
    },
  },
  {
    id: 'tcl',
    name: 'TCL Android or Google TV',
    matches: [{ userAgent: /\bTCL\b/ }, { description: { manufacturer: /^TCL/i } }],
    changes: {
      contentFeatures: 'none',
      profileNames: false,
      mimeTypes: { avi: 'video/avi', flac: 'audio/flac', wav: 'audio/wav' },
      plays: {
        containers: ['mkv', 'mp4', 'ts', 'ps', 'avi', 'webm'],
        video: ['h264', 'hevc', 'vp9', 'mpeg2', 'mpeg4'],
        audio: ['aac', 'heaac', 'ac3', 'eac3', 'mp3'],
        ...UHD,
      },
    },
  },
  {
    id: 'hisense-vidaa',
    name: 'Hisense or Toshiba TV with VIDAA (2018 and later)',
    matches: [{ userAgent: /VIDAA|Hisense/i }, { description: { manufacturer: /hisense|vidaa/i } }],
    changes: {
      sortOrder: 'ours',
      mimeTypes: { avi: 'video/avi' },
      plays: {
        containers: ['mkv', 'mp4', 'ts', 'ps', 'avi'],
        video: ['h264', 'hevc', 'vp9', 'mpeg2', 'mpeg4'],
        audio: ['aac', 'ac3', 'eac3', 'mp3'],
        ...UHD,
      },
    },
  },
  {
    id: 'sharp',
    name: 'Sharp Aquos',
    matches: [{ userAgent: /SHARP-AQUOS/ }, { description: { manufacturer: /^sharp/i } }],
    changes: {
      plainClasses: true,
      mimeTypes: { avi: 'video/x-divx' },
      plays: {
        containers: ['avi', 'mkv', 'mp4', 'ps'],
        video: ['h264', 'mpeg2', 'mpeg4', 'mjpeg'],
        audio: ['aac', 'ac3', 'mp3', 'pcm'],
      },
    },
  },
  {
    id: 'vestel',
    name: 'Vestel TV (Telefunken, JVC, Bush and others)',
    matches: [
      { userAgent: /^NFLC\/3/ },
      { friendlyName: /TELEFUNKEN/ },
      { description: { manufacturer: /vestel/i } },
    ],
    changes: {
      mimeTypes: { avi: 'video/avi' },
      plays: {
        containers: ['avi', 'mkv', 'mp4', 'ts'],
        video: ['h264', 'mpeg2', 'mpeg4', 'vc1'],
        audio: ['ac3', 'eac3', 'pcm'],
      },
    },
  },
  {
    id: 'toshiba',
    name: 'Toshiba TV (until 2014)',
    matches: [
      { userAgent: /Intel_SDK_for_UPnP_devices\/1\.2/ },
      { description: { manufacturer: /^toshiba/i } },
    ],
    changes: {
      sortOrder: 'ours',
      alsoAs: {
        MPEG_TS_SD_NA: ['MPEG_PS_NTSC'],
        MPEG_TS_SD_EU: ['MPEG_PS_NTSC'],
        MPEG_TS_HD_NA: ['MPEG_PS_NTSC'],
      },
      plays: { containers: ['avi', 'mkv', 'mp4', 'ps', 'ts'], video: ['h264', 'mpeg2', 'mpeg4'] },
    },
  },
  {
    id: 'netfront',
    name: 'NetFront player (Hisense 2013, Vizio, Pioneer, Philips and Panasonic players)',
    matches: [{ userAgent: /^IPI\/1\.0|^GUPnP\/0\.12\.8 .*DLNADOC/, isVague: true }],
    changes: {
      sortOrder: 'ours',
      plays: {
        containers: ['avi', 'mkv', 'mp4', 'ts', 'ps'],
        video: ['h264', 'mpeg2', 'mpeg4'],
        audio: ['aac', 'ac3', 'mp3'],
      },
    },
  },
  {
    id: 'freebox',
    name: 'Freebox player',
    matches: [{ userAgent: /fbxupnpav/ }],
    changes: {
      convertedFlag: 0,
      mimeTypes: { ts: 'video/mp2t', m2ts: 'video/mp2t' },
      plays: { containers: ['ts', 'mp4'], video: ['h264', 'mpeg2'], audio: ['aac', 'ac3', 'mp3'] },
    },
  },
  {
    id: 'fetchtv',
    name: 'Fetch TV box',
    matches: [{ userAgent: /FetchTV/ }],
    changes: {
      mimeTypes: { flac: 'audio/flac' },
      plays: {
        containers: ['mkv', 'mp4', 'ts'],
        video: ['h264', 'mpeg4'],
        audio: ['aac', 'ac3', 'mp3'],
      },
    },
  },
  {
    id: 'set-top-box',
    name: 'Box of D-Link, Netgem, EVA or DirecTV',
    matches: [{ userAgent: /INTEL_NMPR\/2\.1|^Verismo\b|^DIRECTV\b/ }],
    changes: { plainClasses: true, plays: { containers: ['mp4', 'ts', 'ps', 'avi'] } },
  },
]
