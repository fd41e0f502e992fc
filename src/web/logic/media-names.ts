const VIDEO = /\.(?:mkv|mp4|m4v|avi|mov|webm|ts|m2ts|mts|mpe?g|vob|wmv|flv|ogv|3gp|divx|asf|rmvb)$/i
const AUDIO = /\.(?:mp3|flac|m4a|m4b|aac|ogg|oga|opus|wav|wma|aiff?|ape|wv|mka)$/i
const IMAGE = /\.(?:jpe?g|png|gif|webp|bmp|avif)$/i

export type MediaKind = 'video' | 'audio' | 'image'

/** What a file is by its name; `null` for what nobody plays. */
export function mediaKindOf(name: string): MediaKind | null {
  if (VIDEO.test(name)) return 'video'
  if (AUDIO.test(name)) return 'audio'
  return IMAGE.test(name) ? 'image' : null
}

/** Names that reach this machine alone: no other device can follow an address with them. */
export function isOwnMachine(hostname: string): boolean {
  return /^(?:localhost|.*\.localhost|127\..*|\[::1\])$/.test(hostname)
}

/** The same URL at another address of the server. @param address scheme, host and port */
export function atAddress(url: string, address: string): string {
  const { pathname, search } = new URL(url)
  return new URL(`${pathname}${search}`, address).href
}
