export interface PlaylistEntry {
  readonly title: string
  /** Absolute and percent-encoded. */
  readonly url: string
}

/** Line separators of any kind, which would start a new line in a playlist, and other controls. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g

/** Seconds of an entry whose length nobody knows. */
const UNKNOWN_DURATION = -1

/** What an extended M3U playlist begins with; it is sent as UTF-8 (M3U8). */
export const PLAYLIST_HEAD = '#EXTM3U\r\n'

/** The lines of one entry, each with its end. */
export function playlistLines({ title, url }: PlaylistEntry): string {
  const shown = title.replace(UNPRINTABLE, ' ').trim()
  return `#EXTINF:${UNKNOWN_DURATION},${shown}\r\n${url}\r\n`
}
