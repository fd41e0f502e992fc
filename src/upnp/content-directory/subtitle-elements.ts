import type { Resource, SubtitleResource } from '../../library/objects/media-object.ts'
import { SUBTITLE_FEATURES } from '../../media/dlna.ts'
import { inPreferredOrder } from '../../media/subtitles/language.ts'
import type { RendererProfile } from '../renderers/renderer-profile.ts'
import { type Attributes, type Content, element } from '../xml/xml.ts'
import type { PropertyFilter } from './property-filter.ts'
import { type ResourceUrls, resourceUrl } from './resource-url.ts'

/** More make the answer long, and no TV shows more than a few. */
const MOST_SUBTITLES = 8
const PROTOCOL_INFO = `http-get:*:text/srt:${SUBTITLE_FEATURES}`

export interface SubtitleOptions extends ResourceUrls {
  readonly filter: PropertyFilter
  /** In which forms who will read it is told of subtitles. */
  readonly renderer: Pick<RendererProfile, 'captions'>
}

/** What is offered to a renderer, what it wants most first. */
function offered(
  { subtitles = [] }: Resource,
  { captions: { languages } }: Pick<RendererProfile, 'captions'>,
): readonly SubtitleResource[] {
  return inPreferredOrder(subtitles, languages).slice(0, MOST_SUBTITLES)
}

/** The attributes of a video's own `res` that name its best subtitles. */
export function subtitleAttributes(
  resource: Resource,
  { filter, renderer, ...urls }: SubtitleOptions,
): Attributes {
  const isAsked = filter.includes('res@pv:subtitleFileUri')
  if (!renderer.captions.pvAttributes || !isAsked) return {}
  const [best] = offered(resource, renderer)
  if (best === undefined) return {}
  return { 'pv:subtitleFileType': 'SRT', 'pv:subtitleFileUri': resourceUrl(urls, best.path) }
}

/** Samsung's elements, before any `res`: its TVs take one, so it is the best. */
export function captionInfo(
  resource: Resource,
  { filter, renderer, ...urls }: SubtitleOptions,
): Content {
  const [best] = renderer.captions.captionInfoEx ? offered(resource, renderer) : []
  if (best === undefined) return []
  return ['sec:CaptionInfoEx', 'sec:CaptionInfo'].map((name) =>
    filter.includes(name) ? element(name, { 'sec:type': 'srt' }, resourceUrl(urls, best.path)) : [],
  )
}

/** One `res` for each, behind that of the video: most TVs play the first. */
export function subtitleResources(
  resource: Resource,
  { filter, renderer, ...urls }: SubtitleOptions,
): Content {
  if (!renderer.captions.res || !filter.includes('res')) return []
  return offered(resource, renderer).map(({ path }) =>
    element('res', { protocolInfo: PROTOCOL_INFO }, resourceUrl(urls, path)),
  )
}
