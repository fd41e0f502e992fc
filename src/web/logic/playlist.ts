export interface PlaylistEntry {
  readonly title: string
  /** Whole seconds, or -1 where nobody knows. */
  readonly seconds: number
  readonly url: string
}

/** Control characters and line separators, which would start a new line. */
const BREAKS = /[\p{Cc}\u2028\u2029]+/gu

/** An extended M3U playlist. */
export function playlist(entries: readonly PlaylistEntry[]): string {
  const lines = entries.flatMap(({ title, seconds, url }) => [
    `#EXTINF:${Math.round(seconds)},${title.replace(BREAKS, ' ').trim()}`,
    url,
  ])
  return `${['#EXTM3U', ...lines].join('\r\n')}\r\n`
}
