import type { Container, Item, MediaObject } from '../../library/media-object.ts'
import { protocolInfo } from '../../media/dlna.ts'
import { type Content, element, type Xml } from '../xml/xml.ts'
import type { PropertyFilter } from './property-filter.ts'

const NAMESPACES = {
  xmlns: 'urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/',
  'xmlns:dc': 'http://purl.org/dc/elements/1.1/',
  'xmlns:upnp': 'urn:schemas-upnp-org:metadata-1-0/upnp/',
  'xmlns:dlna': 'urn:schemas-dlna-org:metadata-1-0/',
}

/** upnp:storageUsed: bytes used, or this where nobody can tell. */
const UNKNOWN_STORAGE = -1

export interface DidlOptions {
  readonly filter: PropertyFilter
  /** What the URLs begin with: scheme, address and port. */
  readonly baseUrl: string
}

/** The document around objects (ContentDirectory:1, 2.7.4 Result; DIDL-Lite schema). */
export function didlLite(objects: readonly Xml[]): Xml {
  return element('DIDL-Lite', NAMESPACES, objects)
}

/**
 * One object: title and class first, `res` last, as TVs expect. Always written: id, parentID,
 * restricted, dc:title, upnp:class, and protocolInfo on a `res`.
 */
export function didlObject(object: MediaObject, options: DidlOptions): Xml {
  return object.kind === 'container'
    ? containerElement(object, options)
    : itemElement(object, options)
}

function containerElement(container: Container, { filter }: DidlOptions): Xml {
  const attributes = {
    id: container.id,
    parentID: container.parentId,
    restricted: 1,
    childCount: filter.includes('@childCount') ? container.childCount : undefined,
  }
  const storage = filter.includes('upnp:storageUsed')
    ? element('upnp:storageUsed', {}, UNKNOWN_STORAGE)
    : []
  return element('container', attributes, [...description(container, filter), storage])
}

function itemElement(item: Item, { filter, baseUrl }: DidlOptions): Xml {
  const attributes = { id: item.id, parentID: item.parentId, restricted: 1 }
  const { path, size, mediaType } = item.resource
  const res = filter.includes('res')
    ? element(
        'res',
        {
          size: filter.includes('res@size') ? size : undefined,
          protocolInfo: protocolInfo(mediaType),
        },
        baseUrl + path,
      )
    : []
  return element('item', attributes, [...description(item, filter), res])
}

function description(
  { title, upnpClass, addedAt }: MediaObject,
  filter: PropertyFilter,
): Content[] {
  const date = addedAt !== null && filter.includes('dc:date') ? dateElement(addedAt) : []
  return [element('dc:title', {}, title), element('upnp:class', {}, upnpClass), date]
}

/** Only the day: some TVs fail on a time, others on a zone. */
function dateElement(date: Date): Content {
  return Number.isNaN(date.getTime()) ? [] : element('dc:date', {}, date.toISOString().slice(0, 10))
}
