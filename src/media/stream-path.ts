/** All that RFC 3986 does not call unreserved and encodeURIComponent leaves as it is. */
const SUB_DELIMITERS = /[!'()*]/g

/**
 * The path of a file's stream. Each component is one segment, percent-encoded, so that the URL ends
 * in the file's own name and extension; the server ignores them.
 *
 * @param components - Path of the file within its torrent.
 */
export function streamPath(
  infoHashOrId: string,
  fileIndex: number,
  components: readonly string[],
): string {
  // Clients resolve dot segments before they send the request, even encoded ones.
  const segments = components.filter((component) => !['', '.', '..'].includes(component))
  return ['/torrents', infoHashOrId, 'stream', fileIndex, ...segments.map(encodeSegment)].join('/')
}

function encodeSegment(component: string): string {
  return encodeURIComponent(component.toWellFormed()).replace(
    SUB_DELIMITERS,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
