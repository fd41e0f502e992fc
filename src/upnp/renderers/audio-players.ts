import type { ProfileChanges, RendererRule } from './renderer-rule.ts'

/** No screen, no films. */
const MUSIC = { containers: [], video: [], subtitles: [] } as const

const NO_CAPTIONS: ProfileChanges['captions'] = {
  res: false,
  captionInfoEx: false,
  pvAttributes: false,
  header: 'never',
}

/** What plays music alone. Some share a User-Agent with others that read the same. */
export const AUDIO_PLAYERS: readonly RendererRule[] = [
  {
    id: 'sonos',
    name: 'Sonos',
    matches: [{ userAgent: /\bSonos\// }, { description: { manufacturer: /^Sonos/ } }],
    changes: {
      samsungCapabilities: false,
      captions: NO_CAPTIONS,
      profileNames: false,
      mimeTypes: { flac: 'audio/flac', wav: 'audio/wav' },
      plays: {
        ...MUSIC,
        audio: ['mp3', 'aac', 'heaac', 'flac', 'alac', 'vorbis', 'pcm', 'wma'],
      },
    },
  },
  {
    id: 'heos',
    name: 'Denon or Marantz with HEOS',
    matches: [
      { userAgent: /\bHEOS|Denon-Heos/i },
      { description: { manufacturer: /denon|marantz/i, modelDescription: /heos/i } },
      { description: { manufacturer: /denon|marantz/i, modelName: /heos/i } },
    ],
    changes: {
      samsungCapabilities: false,
      captions: NO_CAPTIONS,
      mimeTypes: { flac: 'audio/flac', wav: 'audio/wav' },
      plays: { ...MUSIC, audio: ['mp3', 'aac', 'flac', 'alac', 'wma', 'pcm', 'dsd'] },
    },
  },
  {
    id: 'denon',
    name: 'Denon or Marantz receiver (before HEOS)',
    matches: [
      { userAgent: /bridgeCo-DMP|marantz DMP/i },
      { description: { manufacturer: /denon|marantz/i } },
    ],
    changes: {
      captions: NO_CAPTIONS,
      mimeTypes: { wav: 'audio/wav' },
      plays: { ...MUSIC, audio: ['mp3', 'aac', 'wma', 'flac', 'pcm'] },
    },
  },
  {
    id: 'yamaha',
    name: 'Yamaha receiver',
    matches: [
      { userAgent: /^KnOS\/3\.2 .*DMP\/3\.5/ },
      { description: { manufacturer: /^yamaha/i } },
    ],
    changes: {
      asciiTitles: true,
      captions: NO_CAPTIONS,
      mimeTypes: { flac: 'audio/flac', wav: 'audio/L16' },
      plays: { ...MUSIC, audio: ['mp3', 'aac', 'flac', 'wma', 'pcm'] },
    },
  },
  {
    id: 'frontier',
    name: 'Radio with a Frontier Silicon module (Hama, Roberts, Technisat)',
    matches: [
      { userAgent: /^FSL |EC-IRADIO|^IR ?\d00\// },
      { description: { manufacturer: /frontier silicon/i } },
    ],
    changes: {
      samsungCapabilities: false,
      captions: NO_CAPTIONS,
      plays: { ...MUSIC, audio: ['mp3', 'aac', 'flac', 'wma', 'pcm'] },
    },
  },
  {
    id: 'bose',
    name: 'Bose SoundTouch',
    matches: [
      { userAgent: /Allegro-Software-WebClient/ },
      { description: { manufacturer: /^bose/i } },
    ],
    changes: {
      samsungCapabilities: false,
      strictEscapes: true,
      captions: NO_CAPTIONS,
      plays: { ...MUSIC, audio: ['mp3', 'aac', 'flac', 'wma'] },
    },
  },
  {
    id: 'onkyo',
    name: 'Onkyo receiver',
    matches: [{ userAgent: /Mediabolic-IMHTTP/ }, { description: { manufacturer: /^onkyo/i } }],
    changes: {
      captions: NO_CAPTIONS,
      plays: { ...MUSIC, audio: ['mp3', 'aac', 'flac', 'vorbis', 'wma', 'pcm'] },
    },
  },
  {
    id: 'linkplay',
    name: 'WiiM and other players with a Linkplay module',
    matches: [
      { userAgent: /\bWiiM|Linkplay/i },
      { description: { manufacturer: /linkplay|wiim/i } },
    ],
    changes: {
      captions: NO_CAPTIONS,
      plays: {
        ...MUSIC,
        audio: ['mp3', 'aac', 'alac', 'ape', 'flac', 'vorbis', 'wma', 'pcm'],
      },
    },
  },
]
