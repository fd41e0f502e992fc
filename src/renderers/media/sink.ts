/** One entry of what a renderer says that it plays (ConnectionManager:1, 2.5.2). */
export interface SinkEntry {
  /** As it is spelled there. */
  readonly mimeType: string
  /** The fourth field. */
  readonly additional: string
}

const MAX_ENTRIES = 2_000

/**
 * Reads Sink of GetProtocolInfo: `protocol:network:MIME type:additional`, separated by commas, of which
 * those that belong to a value are escaped. What is no HTTP is left out.
 */
export function parseSink(text: string): readonly SinkEntry[] {
  return text
    .split(/(?<!\\),/)
    .slice(0, MAX_ENTRIES)
    .flatMap((entry) => {
      const [protocol, , mimeType = '', ...additional] = entry.trim().split(':')
      const isUsable = protocol?.toLowerCase() === 'http-get' || protocol === '*'
      return isUsable && /^[\w.+*-]+(?:\/[\w.+*-]+)?$/.test(mimeType)
        ? [{ mimeType, additional: additional.join(':') }]
        : []
    })
}

/** Names of one and the same format. */
const ALIASES: readonly ReadonlySet<string>[] = [
  ['video/x-matroska', 'video/x-mkv', 'video/matroska', 'video/mkv'],
  ['video/x-msvideo', 'video/avi', 'video/msvideo', 'video/divx', 'video/x-divx'],
  ['video/mp4', 'video/x-m4v', 'video/mpeg4', 'video/h264'],
  ['video/quicktime', 'video/mov'],
  ['video/x-flv', 'video/flv'],
  ['video/x-ms-wmv', 'video/wmv', 'video/x-ms-asf'],
  ['video/mpeg', 'video/mp2t', 'video/vnd.dlna.mpeg-tts', 'video/mp2ts', 'video/x-mpegts'],
  ['audio/x-flac', 'audio/flac'],
  ['audio/x-wav', 'audio/wav', 'audio/wave', 'audio/vnd.wave', 'audio/l16'],
  ['audio/mpeg', 'audio/mp3', 'audio/x-mp3', 'audio/x-mpeg', 'audio/mpeg3'],
  ['audio/mp4', 'audio/m4a', 'audio/x-m4a', 'audio/aac', 'audio/3gpp'],
  ['audio/ogg', 'audio/x-ogg', 'application/ogg', 'audio/vorbis'],
  ['image/jpeg', 'image/jpg'],
].map((names) => new Set(names))

/**
 * How a sink spells a MIME type: as we do where it lists that, else by the first of its names that it
 * lists; `null` where it lists none, and no wildcard either. An empty sink tells nothing and takes all.
 */
export function spelledInSink(sink: readonly SinkEntry[], mimeType: string): string | null {
  if (sink.length === 0) return mimeType
  const wanted = mimeType.toLowerCase()
  const listed = sink.map((entry) => entry.mimeType)
  const same = listed.find((type) => type.toLowerCase() === wanted)
  if (same !== undefined) return same
  const group = ALIASES.find((names) => names.has(wanted))
  const alias = [...(group ?? [])].find((name) =>
    listed.some((type) => type.toLowerCase() === name),
  )
  if (alias !== undefined) return listed.find((type) => type.toLowerCase() === alias) ?? null
  const [kind = ''] = wanted.split('/')
  return listed.some((type) => type === '*' || type === '*/*' || type === `${kind}/*`)
    ? mimeType
    : null
}

/** Whether a sink lists a DLNA profile by its name. */
export function listsProfile(sink: readonly SinkEntry[], name: string): boolean {
  const named = new RegExp(`(?:^|;)\\s*DLNA\\.ORG_PN=${name.replace(/\W/g, '')}(?:;|$)`, 'i')
  return sink.some(({ additional }) => named.test(additional))
}
