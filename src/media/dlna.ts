import type { MediaKind, MediaType } from './media-type.ts'

/** DLNA.ORG_FLAGS: the bits of the primary flags that we set (DLNA guidelines 7.4.1.3.24). */
const STREAMING_TRANSFER_MODE = 1 << 24
const INTERACTIVE_TRANSFER_MODE = 1 << 23
const BACKGROUND_TRANSFER_MODE = 1 << 22
/** We keep a paused renderer's socket open for as long as it likes. */
const HTTP_STALLING = 1 << 21
/** Without this bit a renderer ignores all the others. */
const DLNA_V15 = 1 << 20

/** 8 hex digits of primary flags are followed by 24 reserved ones. */
const PRIMARY_FLAG_DIGITS = 8
const RESERVED_FLAG_DIGITS = 24

export type TransferMode = 'Streaming' | 'Interactive' | 'Background'

const FLAGS: Readonly<Record<MediaKind, number>> = {
  video: STREAMING_TRANSFER_MODE | BACKGROUND_TRANSFER_MODE | HTTP_STALLING | DLNA_V15,
  audio: STREAMING_TRANSFER_MODE | BACKGROUND_TRANSFER_MODE | HTTP_STALLING | DLNA_V15,
  image: INTERACTIVE_TRANSFER_MODE | BACKGROUND_TRANSFER_MODE | HTTP_STALLING | DLNA_V15,
  subtitle: INTERACTIVE_TRANSFER_MODE | BACKGROUND_TRANSFER_MODE | DLNA_V15,
}

/**
 * The fourth field of protocolInfo, which is also the value of contentFeatures.dlna.org: seekable
 * by bytes, not by time (OP=01). A file that is no media counts as text.
 *
 * @param profile - DLNA.ORG_PN, see `dlnaProfile`; none where it is not known exactly.
 */
export function contentFeatures(
  type: MediaType | null,
  profile: string | null = null,
  { isConverted = false }: { readonly isConverted?: boolean } = {},
): string {
  const flags = FLAGS[type?.kind ?? 'subtitle']
    .toString(16)
    .toUpperCase()
    .padStart(PRIMARY_FLAG_DIGITS, '0')
  const name = profile === null ? '' : `DLNA.ORG_PN=${profile};`
  return `${name}DLNA.ORG_OP=01;DLNA.ORG_CI=${isConverted ? 1 : 0};DLNA.ORG_FLAGS=${flags}${'0'.repeat(RESERVED_FLAG_DIGITS)}`
}

/** In place of them for subtitles, in their `res` and where they are fetched: LG looks at the type alone. */
export const SUBTITLE_FEATURES = '*'

/** The protocolInfo of a `res` (UPnP ConnectionManager:1, 2.5.2). */
export function protocolInfo(type: MediaType, profile: string | null = null): string {
  if (profile !== null) return newProtocolInfo(type, profile)
  const known = PROTOCOL_INFOS.get(type) ?? newProtocolInfo(type, null)
  PROTOCOL_INFOS.set(type, known)
  return known
}

/** Without a profile; 10,000 are searched through at once. */
const PROTOCOL_INFOS = new WeakMap<MediaType, string>()

function newProtocolInfo(type: MediaType, profile: string | null): string {
  return `http-get:*:${type.mimeType}:${contentFeatures(type, profile)}`
}

/**
 * The value of transferMode.dlna.org in the answer. A mode that the content cannot be sent in is
 * answered as if none had been asked for: a needless 406 is a dead TV.
 *
 * @param requested - The request's header, in any case.
 */
export function transferMode(type: MediaType | null, requested: string | undefined): TransferMode {
  if (requested?.trim().toLowerCase() === 'background') return 'Background'
  return type?.kind === 'video' || type?.kind === 'audio' ? 'Streaming' : 'Interactive'
}
