import { protocolInfo } from '../../media/dlna.ts'
import type { FactProperty } from '../facts/facts-source.ts'
import type { MediaObject } from './media-object.ts'

/** What objects are sorted and searched by. */
export type ObjectProperty =
  | 'id'
  | 'parentId'
  /** Of what it is another entry for. */
  | 'refId'
  | 'title'
  | 'class'
  /** Milliseconds since 1970. */
  | 'date'
  /** Bytes. */
  | 'size'
  | 'protocolInfo'
  | 'series'
  | 'season'
  | 'episode'
  | FactProperty

/** `null` where an object has no such property. */
export type PropertyValue = string | number | null

/** The children of a container in default order, each made when it is asked for. */
export interface ObjectList {
  readonly length: number
  /**
   * How many containers come first, where these and then the items are sorted by title; `null` where
   * titles come in another order.
   */
  readonly containerCount: number | null
  /** @param place - From 0 to `length` - 1, as below. */
  objectAt(place: number): MediaObject
  /** What `propertyOf` says of the object there, which need not be made for it. */
  valueAt(place: number, property: ObjectProperty): PropertyValue
  /**
   * Numbers that sort as a property does, at all places, -1 for none, where each can be told in a few
   * nanoseconds: a huge folder is sorted while somebody waits. Else `null`.
   */
  numbersOf?(property: ObjectProperty): Float64Array | null
}

/** A list of objects that are there already, in any order. */
export function listOf(objects: readonly MediaObject[]): ObjectList {
  const at = (place: number): MediaObject => {
    const object = objects[place]
    if (object === undefined) throw new RangeError(`there is no object ${place}`)
    return object
  }
  return {
    length: objects.length,
    containerCount: null,
    objectAt: at,
    valueAt: (place, property) => propertyOf(at(place), property),
  }
}

/** By the name that SortCriteria and SearchCriteria use; `null` where the object has none. */
export function propertyOf(object: MediaObject, property: ObjectProperty): PropertyValue {
  switch (property) {
    case 'id':
    case 'parentId':
    case 'title':
      return object[property]
    case 'class':
      return object.upnpClass
    case 'date':
      return timeOf(object.addedAt)
    case 'refId':
    case 'size':
    case 'protocolInfo':
    case 'album':
    case 'track':
    case 'series':
    case 'season':
    case 'episode':
    case 'duration':
    case 'bitrate':
    case 'resolution':
    case 'artist':
    case 'genre':
    case 'actor':
      return object.kind === 'container' ? null : itemProperty(object, property)
  }
}

type ItemProperty = Exclude<ObjectProperty, 'id' | 'parentId' | 'title' | 'class' | 'date'>

function itemProperty(
  { refId, resource, tags }: Extract<MediaObject, { kind: 'item' }>,
  property: ItemProperty,
): PropertyValue {
  switch (property) {
    case 'refId':
      return refId
    case 'size':
      return resource.size
    case 'duration':
    case 'bitrate':
    case 'resolution':
    case 'artist':
    case 'genre':
    case 'actor':
      return resource.known?.(property) ?? null
    case 'protocolInfo':
      return protocolInfo(resource.mediaType)
    case 'album':
    case 'track':
      return resource.known?.(property) ?? tags[property]
    case 'series':
    case 'season':
    case 'episode':
      return tags[property]
  }
}

/** Milliseconds since 1970; `null` for no date, or one that no calendar has. */
export function timeOf(date: Date | null): number | null {
  const time = date?.getTime() ?? Number.NaN
  return Number.isNaN(time) ? null : time
}
