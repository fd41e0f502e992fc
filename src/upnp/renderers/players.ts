import type { ProfileChanges, RendererRule } from './renderer-rule.ts'

/** Programs that bring decoders of their own. */
const EVERYTHING: ProfileChanges['plays'] = {
  containers: ['mkv', 'mp4', 'ts', 'ps', 'avi', 'mov', 'wmv', 'webm', 'flv', '3gp'],
  video: ['h264', 'hevc', 'vp8', 'vp9', 'av1', 'mpeg2', 'mpeg4', 'vc1', 'mjpeg'],
  audio: [
    'aac',
    'heaac',
    'ac3',
    'eac3',
    'dts',
    'dtshd',
    'truehd',
    'mp3',
    'mp2',
    'pcm',
    'flac',
    'alac',
    'opus',
    'vorbis',
    'wma',
  ],
  images: ['jpeg', 'png', 'gif', 'webp', 'bitmap', 'tiff'],
  subtitles: ['srt', 'ass', 'vtt', 'sub'],
  maxLines: 2160,
  bitDepth: 10,
  firstAudioOnly: false,
}

const NO_SAMSUNG: ProfileChanges = {
  samsungCapabilities: false,
  captions: { captionInfoEx: false, header: 'never' },
}

/** They take the first picture, and have a screen for a large one. */
const LARGE_ART: ProfileChanges = { albumArt: ['JPEG_SM', 'JPEG_TN'] }

/** Kodi and VLC: they play all, and find subtitles in `res` alone. */
const PLAIN_PLAYER: ProfileChanges = {
  ...NO_SAMSUNG,
  ...LARGE_ART,
  captions: { captionInfoEx: false, pvAttributes: false, header: 'never' },
  mimeTypes: { avi: 'video/avi', flac: 'audio/flac', wav: 'audio/wav' },
  plays: EVERYTHING,
}

/** Consoles, computers, boxes and programs. */
export const PLAYERS: readonly RendererRule[] = [
  {
    id: 'xbox-360',
    name: 'Xbox 360',
    matches: [{ userAgent: /\bXbox\/2\.0/ }],
    changes: {
      windowsMediaConnect: true,
      albumArt: ['JPEG_TN'],
      samsungCapabilities: false,
      plainClasses: true,
      captions: { res: false, captionInfoEx: false, pvAttributes: false, header: 'never' },
      mimeTypes: { avi: 'video/avi' },
      plays: {
        containers: ['avi', 'mp4', 'wmv'],
        video: ['h264', 'mpeg4'],
        audio: ['aac', 'mp3', 'wma'],
        subtitles: [],
      },
    },
  },
  {
    id: 'xbox-one',
    name: 'Xbox One or Series',
    family: 'microsoft',
    matches: [
      { friendlyName: /^(?:XboxOne|Xbox-SystemOS|XBOX)/ },
      { userAgent: /Xbox (?:One|Series)|XboxOne/ },
      { description: { manufacturer: /^Microsoft/, modelName: /xbox (?!360)/i } },
    ],
    changes: {
      ...NO_SAMSUNG,
      mimeTypes: { avi: 'video/avi', wav: 'audio/wav' },
      plays: {
        containers: ['mkv', 'mp4', 'mov', 'ts', 'avi', 'wmv'],
        video: ['h264', 'mpeg2', 'mpeg4'],
        audio: ['aac', 'ac3', 'mp3', 'pcm'],
        subtitles: [],
        firstAudioOnly: true,
      },
    },
  },
  {
    id: 'windows',
    name: 'Windows Media Player and other programs of Windows',
    family: 'microsoft',
    matches: [
      {
        userAgent: /NSPlayer\/|Windows-Media-Player\/|WMFSDK|FDSSDP|Microsoft-Windows\/|MS-DLNA/,
        isVague: true,
      },
      { description: { manufacturer: /^Microsoft/, modelName: /^Windows/ } },
    ],
    changes: {
      ...NO_SAMSUNG,
      mimeTypes: { avi: 'video/avi', ts: 'video/vnd.dlna.mpeg-tts', wav: 'audio/wav' },
      plays: {
        containers: ['mp4', 'mkv', 'avi', 'wmv', 'mov', 'ts'],
        video: ['h264', 'mpeg2', 'mpeg4', 'vc1'],
        audio: ['aac', 'ac3', 'mp3', 'pcm', 'wma'],
        subtitles: [],
      },
    },
  },
  {
    id: 'kodi',
    name: 'Kodi',
    matches: [
      { userAgent: /\bKodi|\bXBMC|Platinum\/1\./ },
      { description: { manufacturer: /^(?:XBMC|Team Kodi|Kodi)/, modelName: /^(?:Kodi|XBMC)/ } },
    ],
    changes: PLAIN_PLAYER,
  },
  {
    id: 'skybox',
    name: 'SKYBOX VR',
    matches: [{ userAgent: /SKYBOX/ }],
    changes: { ...LARGE_ART, plays: EVERYTHING },
  },
  {
    id: 'vlc',
    name: 'VLC',
    matches: [
      { userAgent: /\bLibVLC|^VLC|\bVLC-tvOS/ },
      // It browses by the name of a library that boxes and televisions are built with as well.
      { userAgent: /Portable SDK for UPnP devices\/1\./, isVague: true },
    ],
    changes: PLAIN_PLAYER,
  },
  {
    id: 'bubbleupnp',
    name: 'BubbleUPnP',
    matches: [{ userAgent: /BubbleUPnP/ }],
    changes: { ...LARGE_ART, plays: EVERYTHING },
  },
  {
    id: 'chromecast',
    name: 'Chromecast',
    matches: [{ userAgent: /\bCrKey\b/ }],
    changes: {
      ...LARGE_ART,
      mimeTypes: { flac: 'audio/flac', wav: 'audio/wav' },
      plays: {
        containers: ['mp4', 'webm'],
        video: ['h264', 'vp8'],
        audio: ['aac', 'heaac', 'mp3', 'opus', 'vorbis', 'flac', 'pcm'],
        subtitles: ['vtt'],
      },
    },
  },
  {
    id: 'player-app',
    name: 'Player app (nPlayer, 8player, Vimu, Bigscreen, Infuse, Cling, mpv)',
    matches: [{ userAgent: /\bnPlayer|UPNPX\/|Cling\/|^Bigscreen|^Infuse|^mpv\b|^libmpv/ }],
    changes: { ...LARGE_ART, plays: EVERYTHING },
  },
]
