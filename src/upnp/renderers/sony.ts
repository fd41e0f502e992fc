import type { ProfileChanges, RendererRule } from './renderer-rule.ts'

/** Sony's televisions until 2015 know transport streams by one name alone. */
const TS_NAMES: Readonly<Record<string, readonly string[]>> = {
  AVC_TS_MP_SD_AC3_T: ['AVC_TS_HD_50_AC3_T'],
  AVC_TS_MP_HD_AC3_T: ['AVC_TS_HD_50_AC3_T'],
  AVC_TS_HP_HD_AC3_T: ['AVC_TS_HD_50_AC3_T'],
  AVC_TS_MP_SD_AC3_ISO: ['AVC_TS_HD_50_AC3_ISO'],
  AVC_TS_MP_HD_AC3_ISO: ['AVC_TS_HD_50_AC3_ISO'],
  AVC_TS_HP_HD_AC3_ISO: ['AVC_TS_HD_50_AC3_ISO'],
}

const NO_CAPTIONS = { captionInfoEx: false, pvAttributes: false, header: 'never' } as const

/** Android and Google TV refuse what has flags. */
const ANDROID: ProfileChanges = {
  contentFeatures: 'none',
  profileNames: false,
  pictureRes: true,
  captions: { captionInfoEx: false, header: 'never' },
  mimeTypes: {
    avi: 'video/avi',
    ts: 'video/vnd.dlna.mpeg-tts',
    flac: 'audio/flac',
    wav: 'audio/wav',
    m4a: 'audio/x-m4a',
  },
  plays: {
    containers: ['mkv', 'mp4', 'ts', 'ps', 'avi', 'webm'],
    video: ['h264', 'hevc', 'vp8', 'vp9', 'mpeg2', 'mpeg4', 'mjpeg'],
    audio: ['aac', 'heaac', 'ac3', 'eac3', 'dts', 'mp2', 'mp3', 'vorbis'],
    subtitles: ['srt', 'ass'],
    maxLines: 2160,
    bitDepth: 10,
    firstAudioOnly: false,
  },
}

/** What reads discs, or is sold beside what does. */
const PLAYER: ProfileChanges = {
  date: false,
  albumArt: ['JPEG_TN'],
  alsoAs: {
    MPEG_TS_SD_NA: ['MPEG_TS_SD_EU'],
    MPEG_TS_SD_EU: ['MPEG_TS_SD_NA'],
    MPEG_PS_NTSC: ['MPEG_PS_PAL'],
    MPEG_PS_PAL: ['MPEG_PS_NTSC'],
  },
  captions: { ...NO_CAPTIONS, res: false },
  mimeTypes: { ts: 'video/vnd.dlna.mpeg-tts', wav: 'audio/L16' },
  plays: {
    containers: ['ts', 'ps', 'mp4', 'avi', 'mkv'],
    video: ['h264', 'mpeg2', 'mpeg4', 'vc1'],
    audio: ['aac', 'ac3', 'dts', 'dtshd', 'truehd', 'mp3', 'mp2', 'pcm'],
    subtitles: [],
  },
}

/** The letter behind the number is the year, whatever stands before it: KD-65XH9288, XBR-55X900H, FW-65BZ40H. */
const GOOGLE_TV =
  /\b(?:XR-|K-\d\d|(?:KD|XBR)-\d\d[XA]\d{0,3}[HJKL]|FW-\d\dBZ\d\d[HJKL]|(?:KD|XBR)-\d\dX[HJKL])/
const BRAVIA_2013 = /\b(?:KDL-\d\d[WR]\d{3}[A-D]|XBR-\d\dX\d{3}[AB]|KD-\d\dX\d{4}[AB])/

/** Sony's and the PlayStations, told by X-AV-Client-Info: `mn` is the model, `mv` its generation. */
export const SONY: readonly RendererRule[] = [
  {
    id: 'ps3',
    name: 'PlayStation 3',
    matches: [{ userAgent: /PLAYSTATION.{0,3} ?3/i }, { avClientInfo: /PLAYSTATION.{0,3} ?3/i }],
    changes: {
      captions: { ...NO_CAPTIONS, res: false },
      mimeTypes: { avi: 'video/x-divx', divx: 'video/x-divx', wav: 'audio/wav' },
      plays: {
        containers: ['ps', 'ts', 'avi', 'mp4', 'wmv'],
        video: ['h264', 'mpeg2', 'mpeg4'],
        audio: ['aac', 'ac3', 'mp3', 'mp2', 'pcm'],
        subtitles: [],
      },
    },
  },
  {
    id: 'ps4',
    name: 'PlayStation 4',
    matches: [{ userAgent: /PlayStation 4|\(PS4\)/ }],
    changes: {
      captions: { captionInfoEx: false, header: 'never' },
      mimeTypes: { avi: 'video/avi' },
      plays: {
        containers: ['mkv', 'avi', 'mp4', 'ts'],
        video: ['h264', 'mpeg2', 'mpeg4'],
        audio: ['aac', 'ac3', 'mp3', 'mp2'],
      },
    },
  },
  {
    id: 'sony-bd-uhd',
    name: 'Sony UHD Blu-ray player',
    matches: [{ avClientInfo: /UBP-/ }],
    changes: {
      date: false,
      captions: { captionInfoEx: false, header: 'never' },
      mimeTypes: {
        avi: 'video/mp4',
        ts: 'video/vnd.dlna.mpeg-tts',
        flac: 'audio/flac',
        wav: 'audio/L16',
      },
      plays: {
        containers: ['mkv', 'mp4', 'ts', 'ps', 'avi', 'flv'],
        video: ['h264', 'hevc', 'mpeg2', 'mpeg4', 'vc1'],
        audio: ['aac', 'ac3', 'dts', 'dtshd', 'truehd', 'mp3', 'mp2', 'pcm', 'flac'],
        maxLines: 2160,
        bitDepth: 10,
      },
    },
  },
  {
    id: 'sony-bd-2013',
    name: 'Sony Blu-ray player or home cinema (2013 and later)',
    family: 'sony-bd',
    matches: [{ avClientInfo: /\b(?:BDP-[A-Z]{1,2}\d{4}|BDV-[A-Z]{1,2}\d{4})/ }],
    changes: {
      ...PLAYER,
      mimeTypes: { ...PLAYER.mimeTypes, avi: 'video/mp4' },
    },
  },
  {
    id: 'sony-bd',
    name: 'Sony Blu-ray player, home cinema or media player (until 2012, or of an unknown year)',
    family: 'sony-bd',
    matches: [{ avClientInfo: /Blu-ray Disc Player|Media Player|BDP-|BDV-|SMP-/ }],
    changes: {
      ...PLAYER,
      mimeTypes: { ...PLAYER.mimeTypes, mkv: 'video/divx', avi: 'video/mp4' },
    },
  },
  {
    id: 'sony-audio',
    name: 'Sony receiver or sound bar',
    matches: [{ avClientInfo: /mn="(?:STR|HT|SRS|CAS)-/ }],
    changes: {
      mimeTypes: { flac: 'audio/flac', wav: 'audio/wav', m4a: 'audio/x-m4a' },
      plays: {
        containers: [],
        video: [],
        audio: ['mp3', 'aac', 'flac', 'vorbis', 'wma', 'pcm', 'dsd'],
        subtitles: [],
      },
    },
  },
  {
    id: 'sony-google-tv',
    name: 'Sony Google TV (2020 and later)',
    family: 'bravia',
    matches: [
      { avClientInfo: GOOGLE_TV },
      { description: { manufacturer: /^Sony/, modelName: GOOGLE_TV } },
    ],
    changes: {
      ...ANDROID,
      plays: {
        ...ANDROID.plays,
        audio: ['aac', 'heaac', 'ac3', 'eac3', 'ac4', 'dts', 'mp2', 'mp3', 'pcm', 'vorbis'],
      },
    },
  },
  {
    id: 'sony-android-tv',
    name: 'Sony Android TV (2015-2019)',
    family: 'bravia',
    matches: [
      {
        description: {
          manufacturer: /^Sony/,
          modelName: /^(?:BRAVIA )?(?:KD|FW|XBR)-\d\d(?!X\d{3,4}[AB])[XAS]/,
        },
      },
      { avClientInfo: /mv="3\.0"/ },
      { userAgent: /\bBRAVIA [\w ]{1,20}Build\//, isVague: true },
    ],
    changes: ANDROID,
  },
  {
    id: 'sony-bravia-2013',
    name: 'Sony Bravia (2013-2014)',
    family: 'bravia',
    matches: [
      { avClientInfo: BRAVIA_2013 },
      { description: { manufacturer: /^Sony/, modelName: BRAVIA_2013 } },
    ],
    changes: {
      albumArt: ['JPEG_TN'],
      alsoAs: TS_NAMES,
      captions: NO_CAPTIONS,
      mimeTypes: { avi: 'video/avi', wav: 'audio/wav', m4a: 'audio/x-m4a' },
      plays: {
        containers: ['mkv', 'mp4', 'ts', 'ps', 'avi', 'mov', 'wmv'],
        video: ['h264', 'vp8', 'mpeg2', 'mpeg4', 'mjpeg'],
        audio: ['aac', 'ac3', 'mp2', 'mp3'],
        subtitles: [],
      },
    },
  },
  {
    id: 'sony-bravia-2009',
    name: 'Sony Bravia (2009-2012)',
    family: 'bravia',
    matches: [
      { description: { manufacturer: /^Sony/, modelName: /^(?:BRAVIA )?KDL-/ } },
      { avClientInfo: /BRAVIA/ },
    ],
    changes: {
      albumArt: ['JPEG_TN'],
      alsoAs: TS_NAMES,
      captions: { ...NO_CAPTIONS, res: false },
      mimeTypes: {
        avi: 'video/x-divx',
        ts: 'video/vnd.dlna.mpeg-tts',
        wav: 'audio/wav',
        m4a: 'audio/x-m4a',
      },
      plays: {
        containers: ['ps', 'ts'],
        video: ['h264', 'mpeg2'],
        audio: ['aac', 'ac3', 'mp3', 'pcm'],
        subtitles: [],
      },
    },
  },
]
