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

/** The text of an extended M3U playlist, to be sent as UTF-8 (M3U8). */
export function formatPlaylist(entries: readonly PlaylistEntry[]): string {
  const lines = entries.flatMap(({ title, url }) => [
    `#EXTINF:${UNKNOWN_DURATION},${title.replace(UNPRINTABLE, ' ').trim()}`,
    url,
  ])
  return ['#EXTM3U', ...lines, ''].join('\r\n')
}
