import {
  CONTAINER_CLASS,
  type Container,
  type Item,
  type ItemTags,
} from '../objects/media-object.ts'
import {
  encodeObjectId,
  type ObjectId,
  type ObjectReference,
  ROOT_ID,
  type View,
} from '../objects/object-id.ts'
import {
  type ObjectList,
  type ObjectProperty,
  type PropertyValue,
  propertyOf,
} from '../objects/object-list.ts'
import type { Entry, EpisodeEntry } from './catalogue.ts'

type ViewContainer = Extract<ObjectReference, { kind: 'view' | 'series' | 'season' }>

/** A container of a view. */
export function containerOf(
  reference: ViewContainer,
  title: string,
  childCount: number,
): Container {
  return {
    kind: 'container',
    id: encodeObjectId(reference),
    parentId: parentOf(reference),
    title,
    upnpClass: CONTAINER_CLASS,
    childCount,
    addedAt: null,
  }
}

function parentOf(reference: ViewContainer): ObjectId {
  if (reference.kind === 'view') return ROOT_ID
  if (reference.kind === 'series') return encodeObjectId({ kind: 'view', view: 'series' })
  return encodeObjectId({ kind: 'series', seriesKey: reference.seriesKey })
}

/** Views whose files are sorted by title; films are so but for what tells their releases apart. */
const BY_TITLE: ReadonlySet<View> = new Set(['video', 'audio', 'images'])

/** Files in a view, in the order given. */
export function entryList(view: View, entries: readonly Entry[]): ObjectList {
  const at = (place: number): Entry => {
    const entry = entries[place]
    if (entry === undefined) throw new RangeError(`there is no object ${place}`)
    return entry
  }
  return {
    length: entries.length,
    containerCount: BY_TITLE.has(view) ? 0 : null,
    objectAt: (place) => entryItem(view, at(place)),
    valueAt: (place, property) => entryValue(view, at(place), property),
  }
}

/** Another entry for the item that lies in its torrent. */
export function entryItem(view: View, entry: Entry): Item {
  const { tree, fileIndex, title } = entry
  const item = tree.item(fileIndex)
  if (item === null) throw new Error(`file ${fileIndex} is not shown`)
  const { infoHash } = tree.torrent
  return {
    ...item,
    id: encodeObjectId({ kind: 'entry', view, infoHash, fileIndex }),
    parentId: entryParent(view, entry),
    refId: item.id,
    title,
    tags: isEpisode(entry) ? { ...item.tags, ...episodeTags(entry) } : item.tags,
  }
}

function entryParent(view: View, entry: Entry): ObjectId {
  if (!isEpisode(entry)) return encodeObjectId({ kind: 'view', view })
  const { seriesKey, season } = entry.episode
  return encodeObjectId({ kind: 'season', seriesKey, season })
}

function entryValue(view: View, entry: Entry, property: ObjectProperty): PropertyValue {
  switch (property) {
    case 'id':
    case 'parentId':
    case 'refId':
      return propertyOf(entryItem(view, entry), property)
    case 'title':
      return entry.title
    case 'series':
    case 'season':
    case 'episode':
      if (isEpisode(entry)) return episodeTags(entry)[property]
      return entry.tree.fileValue(entry.fileIndex, property)
    case 'class':
    case 'date':
    case 'size':
    case 'protocolInfo':
    case 'album':
    case 'track':
    case 'duration':
    case 'bitrate':
    case 'resolution':
    case 'artist':
    case 'genre':
    case 'actor':
      return entry.tree.fileValue(entry.fileIndex, property)
  }
}

function isEpisode(entry: Entry): entry is EpisodeEntry {
  return 'episode' in entry
}

function episodeTags({ episode }: EpisodeEntry): Pick<ItemTags, 'series' | 'season' | 'episode'> {
  const { series, season } = episode
  return { series, season, episode: episode.episode }
}
