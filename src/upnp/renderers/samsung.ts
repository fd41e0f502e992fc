import type { ProfileChanges, RendererRule } from './renderer-rule.ts'

/** Televisions that browse the folders of X_GetFeatureList and count bookmarks in seconds. */
const EARLY: ProfileChanges = {
  albumArt: ['JPEG_TN'],
  featureFolders: 'categories',
  dcmInfo: true,
  numberedTitles: true,
  // A slash ends a title on the screen.
  titleCharacters: { '/': ':' },
}

const LATE: ProfileChanges = {
  featureFolders: 'categories',
  dcmInfo: true,
  pushMetadata: 'none',
}

/** From 2016 to 2018; the QLED sets among them count bookmarks in milliseconds, as all do later. */
const UHD_2016: ProfileChanges = {
  ...LATE,
  mimeTypes: {
    mkv: 'video/x-mkv',
    avi: 'video/avi',
    divx: 'video/x-divx',
    ts: 'video/vnd.dlna.mpeg-tts',
    wav: 'audio/wav',
  },
  captions: { header: 'always' },
  plays: {
    containers: ['mkv', 'mp4', 'ts', 'ps', 'avi', 'mov', 'wmv', 'webm'],
    video: ['h264', 'hevc', 'vp8', 'vp9', 'mpeg2', 'mpeg4', 'vc1', 'mjpeg'],
    // DTS went in 2018, and the name does not always tell the year.
    audio: ['aac', 'heaac', 'ac3', 'eac3', 'mp3', 'pcm', 'wma'],
    subtitles: ['srt', 'ass', 'sub', 'smi', 'txt'],
    maxLines: 2160,
    bitDepth: 10,
  },
}

/** Tizen since 2019: no DTS, no DivX, pictures of 640x480, what an id stood for is never asked again. */
const TIZEN: ProfileChanges = {
  ...LATE,
  bookmarkUnit: 'milliseconds',
  versionedIds: true,
  albumArt: ['JPEG_SM'],
  captions: { header: 'always' },
  plays: {
    containers: ['mkv', 'mp4', 'ts', 'ps', 'mov', 'avi', 'webm'],
    video: ['h264', 'hevc', 'vp8', 'vp9', 'mpeg2', 'mpeg4', 'vc1', 'mjpeg'],
    audio: ['aac', 'heaac', 'ac3', 'eac3', 'ac4', 'mp3', 'pcm', 'wma', 'opus'],
    subtitles: ['srt', 'ass', 'sub', 'smi', 'txt'],
    maxLines: 2160,
    bitDepth: 10,
    firstAudioOnly: false,
  },
}

/**
 * Samsung's. The year is a letter in the model's name, which comes back after ten years: UE40C7000 is of
 * 2010, UE43CU7100 of 2023. What is no television stands first.
 */
export const SAMSUNG: readonly RendererRule[] = [
  {
    id: 'samsung-pc',
    name: 'Samsung AllShare on a PC',
    matches: [{ userAgent: /SEC_HHP_\[PC\]/ }],
    changes: {},
  },
  {
    id: 'samsung-bd',
    name: 'Samsung Blu-ray player or home cinema',
    family: 'samsung',
    matches: [
      { userAgent: /SEC_HHP_(?:\[(?:BD|HT)\]|(?:BD|HT)-)|^HT-[A-Z]\d/ },
      { description: { manufacturer: /samsung/i, modelName: /^(?:BD|HT)-/ } },
    ],
    changes: {
      // Additional features break its folders.
      samsungCapabilities: false,
      profileNames: false,
      mimeTypes: { avi: 'video/avi', wav: 'audio/wav' },
      captions: { header: 'always' },
      plays: {
        containers: ['avi', 'mkv', 'mp4', 'ts', 'ps', 'wmv'],
        video: ['h264', 'mpeg2', 'mpeg4', 'vc1'],
        audio: ['aac', 'ac3', 'dts', 'mp3', 'mp2', 'wma'],
      },
    },
  },
  {
    id: 'samsung-audio',
    name: 'Samsung sound bar',
    family: 'samsung',
    matches: [
      { userAgent: /SEC_HHP_(?:\[AV\]|HW-|Samsung Soundbar)/ },
      { description: { manufacturer: /samsung/i, modelName: /^HW-/ } },
    ],
    changes: {
      pushMetadata: 'none',
      mimeTypes: { flac: 'audio/flac', wav: 'audio/wav' },
      plays: {
        containers: [],
        video: [],
        audio: ['mp3', 'aac', 'flac', 'vorbis', 'wma', 'pcm', 'ac3', 'dts'],
        subtitles: [],
      },
    },
  },
  {
    id: 'samsung-a-b',
    name: 'Samsung TV (2008-2009)',
    family: 'samsung',
    matches: [
      { userAgent: /SamsungWiselinkPro/ },
      { description: { modelName: /^Samsung DTV DMR/ } },
    ],
    changes: {
      samsungCapabilities: false,
      numberedTitles: true,
      mimeTypes: { mkv: 'video/x-mkv', avi: 'video/x-divx', wav: 'audio/L16' },
      captions: { header: 'always' },
      plays: {
        containers: ['avi', 'mp4', 'ts', 'ps'],
        video: ['h264', 'mpeg2', 'mpeg4', 'mjpeg'],
        audio: ['aac', 'ac3', 'mp3', 'mp2', 'pcm'],
        subtitles: [],
      },
    },
  },
  {
    id: 'samsung-frame-oled',
    name: 'Samsung The Frame or OLED TV (2019 and later)',
    family: 'samsung',
    matches: [
      { userAgent: /SEC_HHP_Samsung (?:The Frame|S9\d[A-Z]|LS03)/ },
      {
        description: {
          manufacturer: /samsung/i,
          modelName: /^(?:[A-Z]{2})?\d\d(?:LS03|S9\d)[A-Z]/,
        },
      },
    ],
    changes: {
      ...TIZEN,
      mimeTypes: { mkv: 'video/x-mkv', avi: 'video/avi', flac: 'audio/flac', wav: 'audio/wav' },
    },
  },
  {
    id: 'samsung-2019',
    name: 'Samsung TV (2019-2020)',
    family: 'samsung',
    matches: [
      { userAgent: /SEC_HHP_Samsung (?:Q\d{2,3}[RT]|[RT]U\d)/ },
      { userAgent: /SEC_HHP_Samsung (?:\d|Q\d\d) Series/, isVague: true },
      {
        description: {
          manufacturer: /samsung/i,
          modelName: /^[A-Z]{2}\d\d(?:Q\d{2,3}[RT]|[RT]U\d)/,
        },
      },
    ],
    changes: {
      ...TIZEN,
      mimeTypes: { avi: 'video/avi', ts: 'video/vnd.dlna.mpeg-tts', wav: 'audio/wav' },
    },
  },
  {
    id: 'samsung-2021',
    name: 'Samsung TV (2021 and later)',
    family: 'samsung',
    matches: [
      { userAgent: /SEC_HHP_Samsung (?:QN?\d+[A-F]|QE?\d[A-F]|[ABCD]U\d|U\d{4}F)/ },
      // PROTOTYPE looks for servers on behalf of the newest sets, whatever their names.
      { userAgent: /SEC_HHP_Samsung |\bPROTOTYPE\/1\.0|^Samsung TV DMR/, isVague: true },
      {
        description: {
          manufacturer: /samsung/i,
          modelName:
            /^[A-Z]{2}\d\d(?:QN\d{2,3}[A-F]|Q\d{2,3}[A-F]|QE\d[A-F]|Q\d[A-F]\d|[ABCD]U\d|U\d{4}F)/,
        },
      },
    ],
    changes: {
      ...TIZEN,
      mimeTypes: { avi: 'video/avi', ts: 'video/mp2t', wav: 'audio/wav' },
      plays: {
        ...TIZEN.plays,
        video: ['h264', 'hevc', 'vp8', 'vp9', 'av1', 'mpeg2', 'mpeg4', 'vc1', 'mjpeg'],
      },
    },
  },
  {
    id: 'samsung-q-2017',
    name: 'Samsung QLED TV (2017-2018)',
    family: 'samsung',
    matches: [
      { userAgent: /SEC_HHP_\[TV\] ?(?:Samsung Q\d Series|Q[NEA]\d\dQ\d[CDF])/ },
      { description: { manufacturer: /samsung/i, modelName: /^[A-Z]{2}\d\dQ\d[CDF](?!\d)/ } },
    ],
    changes: { ...UHD_2016, bookmarkUnit: 'milliseconds' },
  },
  {
    id: 'samsung-2016',
    name: 'Samsung UHD TV (2016-2018)',
    family: 'samsung',
    matches: [
      { userAgent: /SEC_HHP_\[TV\] ?U[NEA]\d\d[KMN][USE]?\d/ },
      { userAgent: /SEC_HHP_\[TV\] ?Samsung \d Series/, isVague: true },
      { description: { manufacturer: /samsung/i, modelName: /^U[NEA]\d\d[KMN][USE]?\d/ } },
    ],
    changes: UHD_2016,
  },
  {
    id: 'samsung-uhd-2014',
    name: 'Samsung UHD TV (2014-2015)',
    family: 'samsung',
    matches: [
      { userAgent: /SEC_HHP_\[TV\] ?U[NEA]\d\d(?:HU|JU|JS)\d/ },
      { description: { manufacturer: /samsung/i, modelName: /^U[NEA]\d\d(?:HU|JU|JS)\d/ } },
    ],
    changes: {
      ...EARLY,
      mimeTypes: { avi: 'video/avi', flac: 'audio/flac', wav: 'audio/wav' },
      captions: { header: 'always' },
      plays: {
        containers: ['mkv', 'mp4', 'ts', 'ps', 'avi', 'mov', 'wmv', 'webm'],
        video: ['h264', 'hevc', 'vp8', 'mpeg2', 'mpeg4', 'vc1', 'mjpeg'],
        audio: ['aac', 'heaac', 'ac3', 'eac3', 'dts', 'mp3', 'pcm', 'wma'],
        subtitles: ['srt', 'ass', 'sub', 'smi', 'txt'],
        maxLines: 2160,
        bitDepth: 10,
      },
    },
  },
  {
    id: 'samsung-c-e',
    name: 'Samsung TV (2010-2012)',
    family: 'samsung',
    matches: [
      { userAgent: /SEC_HHP_\[?TV[\]-] ?(?:U[NEA]|P[NSL]|L[NEA]|50-)?\d\d-?[CDE][A-Z]?\d/ },
      { userAgent: /SEC_HHP_TV-/ },
      {
        description: {
          manufacturer: /samsung/i,
          modelName: /^(?:U[NEA]|P[NSL]|L[NEA])\d\d(?:[CD]\d|E[A-Z]?\d)/,
        },
      },
    ],
    changes: {
      ...EARLY,
      mimeTypes: { mkv: 'video/x-mkv', avi: 'video/avi', flac: 'audio/flac', wav: 'audio/wav' },
      captions: { header: 'always' },
      plays: {
        containers: ['avi', 'mkv', 'mp4', 'ts', 'ps'],
        video: ['h264', 'mpeg2', 'mpeg4', 'vc1', 'mjpeg'],
        audio: ['aac', 'heaac', 'ac3', 'dts', 'mp3', 'pcm'],
        subtitles: ['srt', 'sub', 'ass', 'smi'],
      },
    },
  },
  {
    id: 'samsung-f-j',
    name: 'Samsung TV (2013-2015, or of an unknown year)',
    family: 'samsung',
    matches: [
      {
        description: {
          manufacturer: /samsung/i,
          modelName: /^(?:U[NEA]|P[NSL]|L[NEA])\d\d(?:LS003|[FHJ][A-Z]?\d)/,
        },
      },
      { userAgent: /SEC_HHP_/, isVague: true },
      { description: { manufacturer: /samsung/i, modelDescription: /TV DMR/ }, isVague: true },
    ],
    changes: {
      ...EARLY,
      mimeTypes: { avi: 'video/avi', flac: 'audio/flac', wav: 'audio/wav' },
      captions: { header: 'always' },
      plays: {
        containers: ['avi', 'mkv', 'mp4', 'ts', 'ps', 'mov', 'wmv', 'flv'],
        video: ['h264', 'mpeg2', 'mpeg4', 'vc1', 'mjpeg'],
        audio: ['aac', 'heaac', 'ac3', 'mp3', 'pcm', 'wma'],
        subtitles: ['srt', 'sub', 'ass', 'smi'],
      },
    },
  },
]
