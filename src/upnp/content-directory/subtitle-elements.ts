import type { Resource } from '../../library/media-object.ts'
import type { RendererProfile } from '../renderers/renderer-profile.ts'
import { type Attributes, type Content, element } from '../xml/xml.ts'
import type { PropertyFilter } from './property-filter.ts'
import { type ResourceUrls, resourceUrl } from './resource-url.ts'

/** Subtitles have no fourth field: LG looks at the type alone. */
const PROTOCOL_INFO = 'http-get:*:text/srt:*'

export interface SubtitleOptions extends ResourceUrls {
  readonly filter: PropertyFilter
  /** In which forms who will read it is told of subtitles. */
  readonly renderer: Pick<RendererProfile, 'captions'>
}

/** The attributes of a video's own `res` that name its best subtitles. */
export function subtitleAttributes(
  { subtitles: [best] = [] }: Resource,
  { filter, renderer: { captions }, ...urls }: SubtitleOptions,
): Attributes {
  const isAsked = filter.includes('res@pv:subtitleFileUri')
  if (best === undefined || !captions.pvAttributes || !isAsked) return {}
  return { 'pv:subtitleFileType': 'SRT', 'pv:subtitleFileUri': resourceUrl(urls, best.path) }
}

/** Samsung's elements, before any `res`: its TVs take one, so it is the best. */
export function captionInfo(
  { subtitles: [best] = [] }: Resource,
  { filter, renderer: { captions }, ...urls }: SubtitleOptions,
): Content {
  if (best === undefined || !captions.captionInfoEx) return []
  return ['sec:CaptionInfoEx', 'sec:CaptionInfo'].map((name) =>
    filter.includes(name) ? element(name, { 'sec:type': 'srt' }, resourceUrl(urls, best.path)) : [],
  )
}

/** One `res` for each, behind that of the video: most TVs play the first. */
export function subtitleResources(
  { subtitles = [] }: Resource,
  { filter, renderer: { captions }, ...urls }: SubtitleOptions,
): Content {
  if (!captions.res || !filter.includes('res')) return []
  return subtitles.map(({ path }) =>
    element('res', { protocolInfo: PROTOCOL_INFO }, resourceUrl(urls, path)),
  )
}
