import type { SubtitleFormat } from './write-subtitles.ts'

/** Which subtitles of a torrent: a file of their own, or a track inside a film. */
export type SubtitleReference =
  | { readonly kind: 'sidecar'; readonly fileIndex: number }
  | { readonly kind: 'track'; readonly fileIndex: number; readonly track: number }

/** A path of our server that gives subtitles out. */
export interface SubtitleTarget {
  /** Id or info hash. */
  readonly torrent: string
  readonly reference: SubtitleReference
  readonly format: SubtitleFormat
}

const PATH =
  /^(?:https?:\/\/[^/?]*)?\/torrents\/([^/?]+)\/subtitles\/(\d{1,9})(?:-(\d{1,15}))?\/[^/?]*\.(srt|vtt)(?:\?.*)?$/i

/**
 * The path of subtitles: `/torrents/{id}/subtitles/{file}[-{track}]/{language}.srt`. Short, because TVs
 * choke on long ones, and with the right extension, because some look at nothing else. The language is for players
 * that name subtitles by their URL; the server ignores it.
 */
export function subtitlePath(
  infoHashOrId: string,
  reference: SubtitleReference,
  {
    language,
    format = 'srt',
  }: { readonly language: string | null; readonly format?: SubtitleFormat },
): string {
  const track = reference.kind === 'track' ? `-${reference.track}` : ''
  const place = `${reference.fileIndex}${track}`
  return `/torrents/${infoHashOrId}/subtitles/${place}/${language ?? 'subtitles'}.${format}`
}

/** Reads such a path, or a whole URL, as a request names it; `null` for any other. */
export function parseSubtitleTarget(requestTarget: string): SubtitleTarget | null {
  const [, torrent, file, track, format = ''] = PATH.exec(requestTarget) ?? []
  if (torrent === undefined) return null
  const fileIndex = Number(file)
  return {
    torrent,
    reference:
      track === undefined
        ? { kind: 'sidecar', fileIndex }
        : { kind: 'track', fileIndex, track: Number(track) },
    format: format.toLowerCase() === 'vtt' ? 'vtt' : 'srt',
  }
}
