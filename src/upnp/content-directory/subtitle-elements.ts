import type { Resource } from '../../library/media-object.ts'
import type { RendererProfile } from '../renderers/renderer-profile.ts'
import { type Attributes, type Content, element } from '../xml/xml.ts'
import type { PropertyFilter } from './property-filter.ts'

/** Subtitles have no fourth field: LG looks at the type alone. */
const PROTOCOL_INFO = 'http-get:*:text/srt:*'

export interface SubtitleOptions {
  readonly filter: PropertyFilter
  readonly baseUrl: string
  /** In which forms who will read it is told of subtitles. */
  readonly renderer: Pick<RendererProfile, 'captions'>
}

/** The attributes of a video's own `res` that name its best subtitles. */
export function subtitleAttributes(
  { subtitles: [best] = [] }: Resource,
  { filter, baseUrl, renderer: { captions } }: SubtitleOptions,
): Attributes {
  const isAsked = filter.includes('res@pv:subtitleFileUri')
  if (best === undefined || !captions.pvAttributes || !isAsked) return {}
  return { 'pv:subtitleFileType': 'SRT', 'pv:subtitleFileUri': baseUrl + best.path }
}

/** Samsung's elements, before any `res`: its TVs take one, so it is the best. */
export function captionInfo(
  { subtitles: [best] = [] }: Resource,
  { filter, baseUrl, renderer: { captions } }: SubtitleOptions,
): Content {
  if (best === undefined || !captions.captionInfoEx) return []
  return ['sec:CaptionInfoEx', 'sec:CaptionInfo'].map((name) =>
    filter.includes(name) ? element(name, { 'sec:type': 'srt' }, baseUrl + best.path) : [],
  )
}

/** One `res` for each, behind that of the video: most TVs play the first. */
export function subtitleResources(
  { subtitles = [] }: Resource,
  { filter, baseUrl, renderer: { captions } }: SubtitleOptions,
): Content {
  if (!captions.res || !filter.includes('res')) return []
  return subtitles.map(({ path }) =>
    element('res', { protocolInfo: PROTOCOL_INFO }, baseUrl + path),
  )
}
