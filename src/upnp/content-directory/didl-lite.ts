import type { Container, Item, MediaObject } from '../../library/objects/media-object.ts'
import { obstaclesFor, showsImage } from '../renderers/obstacles.ts'
import type { RendererProfile } from '../renderers/renderer-profile.ts'
import { protocolInfosFor } from '../renderers/resource-info.ts'
import { shownClass, shownId, shownTitle } from '../renderers/shown-object.ts'
import { type Attributes, type Content, element, type Xml } from '../xml/xml.ts'
import { factAttributes } from './fact-attributes.ts'
import { albumArt, pictureResources } from './picture-elements.ts'
import { playbackProperties } from './playback-properties.ts'
import type { PropertyFilter } from './property-filter.ts'
import { type ResourceUrls, resourceUrl } from './resource-url.ts'
import { captionInfo, subtitleAttributes, subtitleResources } from './subtitle-elements.ts'
import { tagElements } from './tag-elements.ts'

const NAMESPACES = {
  xmlns: 'urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/',
  'xmlns:dc': 'http://purl.org/dc/elements/1.1/',
  'xmlns:upnp': 'urn:schemas-upnp-org:metadata-1-0/upnp/',
  'xmlns:dlna': 'urn:schemas-dlna-org:metadata-1-0/',
}

/** Declared only where something of them is in the document: TVs that do not know them never see them. */
const OTHER_NAMESPACES = {
  'xmlns:sec': ['<sec:', 'http://www.sec.co.kr/dlna'],
  'xmlns:pv': [' pv:', 'http://www.pv.com/pvns/'],
} as const

/** upnp:storageUsed: bytes used, or this where nobody can tell. */
const UNKNOWN_STORAGE = -1

export interface DidlOptions extends ResourceUrls {
  readonly filter: PropertyFilter
  /** Who will read it. */
  readonly renderer: RendererProfile
  /** SystemUpdateID. */
  readonly updateId: number
  /** Place of the object among the children of its parent, from 0; `null` where it is not known. */
  readonly position: number | null
  /** What Samsung's TVs read of an item besides; absent for all others. */
  readonly samsung?: ((item: Item) => Content) | undefined
}

/** The document around objects (ContentDirectory:1, 2.7.4 Result; DIDL-Lite schema). */
export function didlLite(objects: readonly Xml[]): Xml {
  const namespaces = new DidlNamespaces()
  for (const object of objects) namespaces.noteUseIn(object)
  return element('DIDL-Lite', namespaces.attributes, objects)
}

/** What the document declares for the objects in it. */
export class DidlNamespaces {
  readonly #used = new Set<string>()

  noteUseIn(object: Xml): void {
    const markup = object.toString()
    for (const [name, [sign]] of Object.entries(OTHER_NAMESPACES)) {
      if (!this.#used.has(name) && markup.includes(sign)) this.#used.add(name)
    }
  }

  get attributes(): Attributes {
    const others = Object.entries(OTHER_NAMESPACES).flatMap(([name, [, uri]]) =>
      this.#used.has(name) ? [[name, uri]] : [],
    )
    return { ...NAMESPACES, ...Object.fromEntries(others) }
  }
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

function containerElement(container: Container, options: DidlOptions): Xml {
  const { filter } = options
  const attributes = {
    ...ids(container, options),
    restricted: 1,
    searchable: filter.includes('@searchable') ? 1 : undefined,
    childCount: filter.includes('@childCount') ? container.childCount : undefined,
  }
  const storage = filter.includes('upnp:storageUsed')
    ? element('upnp:storageUsed', {}, UNKNOWN_STORAGE)
    : []
  return element('container', attributes, [
    ...description(container, options),
    storage,
    albumArt(container, options),
  ])
}

function itemElement(item: Item, options: DidlOptions): Xml {
  const { filter, renderer, updateId, samsung } = options
  const attributes = {
    ...ids(item, options),
    restricted: 1,
    refID:
      item.refId !== null && filter.includes('@refID')
        ? shownId(renderer, item.refId, updateId)
        : undefined,
  }
  const res = fileResources(item, options)
  const pictures = pictureResources(item, options)
  const isShown = item.facts?.kind !== 'image' || showsImage(renderer, item.facts.codec)
  return element('item', attributes, [
    ...description(item, options),
    hint(item, options),
    tagElements(item, filter),
    albumArt(item, options),
    playbackProperties(item, filter),
    samsung?.(item) ?? [],
    captionInfo(item.resource, options),
    // Most renderers take the first.
    isShown ? [res, pictures] : [pictures, res],
    subtitleResources(item.resource, options),
  ])
}

/** The file, and the file once more under each other name that this renderer may know it by. */
function fileResources(item: Item, options: DidlOptions): Content {
  const { filter, renderer } = options
  if (!filter.includes('res')) return []
  const { path, size } = item.resource
  const url = resourceUrl(options, path)
  return protocolInfosFor(renderer, item).map((protocolInfo) =>
    element(
      'res',
      {
        size: filter.includes('res@size') ? size : undefined,
        ...factAttributes(item, filter),
        protocolInfo,
        ...subtitleAttributes(item.resource, options),
      },
      url,
    ),
  )
}

function ids({ id, parentId }: MediaObject, { renderer, updateId }: DidlOptions): Attributes {
  return {
    id: shownId(renderer, id, updateId),
    parentID: shownId(renderer, parentId, updateId),
  }
}

function description(object: MediaObject, options: DidlOptions): Content[] {
  const { filter, renderer, position } = options
  const { addedAt } = object
  const isDated = addedAt !== null && renderer.date && filter.includes('dc:date')
  return [
    element('dc:title', {}, shownTitle(renderer, object, position)),
    element('upnp:class', {}, shownClass(renderer, object)),
    isDated ? dateElement(addedAt) : [],
  ]
}

/** For whoever wonders why a film does not play; DLNA has no other place for it. */
function hint({ facts }: Item, { filter, renderer }: DidlOptions): Content {
  if (!filter.includes('dc:description')) return []
  const obstacles = obstaclesFor(renderer, facts)
  if (obstacles.length === 0) return []
  return element('dc:description', {}, `May not play on this device: ${obstacles.join(', ')}.`)
}

/** Only the day: some TVs fail on a time, others on a zone. */
function dateElement(date: Date): Content {
  return Number.isNaN(date.getTime()) ? [] : element('dc:date', {}, date.toISOString().slice(0, 10))
}
