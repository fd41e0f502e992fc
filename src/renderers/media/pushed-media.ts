import type { Item, SubtitleResource } from '../../library/objects/media-object.ts'
import { dlnaProfile } from '../../media/dlna-profile.ts'
import { didlLite, didlObject } from '../../upnp/content-directory/didl-lite.ts'
import { parseFilter } from '../../upnp/content-directory/property-filter.ts'
import { type ResourceUrls, resourceUrl } from '../../upnp/content-directory/resource-url.ts'
import { obstaclesFor } from '../../upnp/renderers/obstacles.ts'
import type { RendererProfile } from '../../upnp/renderers/renderer-profile.ts'
import { shownClass, shownTitle } from '../../upnp/renderers/shown-object.ts'
import { spelledType } from '../../upnp/renderers/spelled-type.ts'
import { element } from '../../upnp/xml/xml.ts'
import { listsProfile, type SinkEntry, spelledInSink } from './sink.ts'

/** A file as one renderer is told to play it. */
export interface PushedMedia {
  readonly url: string
  /** CurrentURIMetaData, the fullest first: what a renderer refuses is tried with less. */
  readonly metadata: readonly string[]
  /** As it is announced. */
  readonly mimeType: string
  /** Whether the renderer says that it plays this type, as far as it says anything. */
  readonly isListed: boolean
  /** Why it will probably not play it, by what is known of its family; mostly empty. */
  readonly obstacles: readonly string[]
}

export interface PushedMediaOptions extends ResourceUrls {
  readonly renderer: RendererProfile
  readonly sink: readonly SinkEntry[]
  /** In place of all that the library knows; `null` for none at all. */
  readonly subtitle?: SubtitleResource | null | undefined
}

/** The type is spelled as the sink lists it; what the table of renderers says goes first where the sink lists that, too. */
export function pushedMedia(item: Item, options: PushedMediaOptions): PushedMedia {
  const { renderer, sink, subtitle } = options
  const { mediaType, path, size, subtitles = [] } = item.resource
  const ofRule = spelledType(renderer, mediaType.mimeType, path)
  const inSink = spelledInSink(sink, ofRule) ?? spelledInSink(sink, mediaType.mimeType)
  const mimeType = inSink ?? ofRule
  const profile = dlnaProfile(item.facts, mediaType.mimeType)
  const isNamed = profile !== null && mimeType === mediaType.mimeType && listsProfile(sink, profile)
  const pushed: Item = {
    ...item,
    resource: {
      ...{ path, size },
      mediaType: { ...mediaType, mimeType },
      subtitles: subtitle === undefined ? subtitles : subtitle === null ? [] : [subtitle],
    },
  }
  const told = { ...renderer, mimeTypes: {}, profileNames: renderer.profileNames && isNamed }
  const forms = [fullMetadata(pushed, { ...options, renderer: told }), titleAlone(item, renderer)]
  return {
    url: resourceUrl(options, path),
    metadata: renderer.pushMetadata === 'none' ? ['', ...forms] : [...forms, ''],
    mimeType,
    isListed: inSink !== null,
    obstacles: obstaclesFor(renderer, item.facts),
  }
}

function fullMetadata(item: Item, { baseUrl, sign, renderer }: PushedMediaOptions): string {
  const filter = parseFilter('*')
  const common = { filter, baseUrl, sign, renderer, updateId: 0, position: null }
  return String(didlLite([didlObject({ ...item, playback: null }, common)]))
}

function titleAlone(item: Item, renderer: RendererProfile): string {
  const attributes = { id: item.id, parentID: item.parentId, restricted: 1 }
  const content = [
    element('dc:title', {}, shownTitle(renderer, item, null)),
    element('upnp:class', {}, shownClass(renderer, item)),
  ]
  return String(didlLite([element('item', attributes, content)]))
}
