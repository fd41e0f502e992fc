import type { MediaObject } from './media-object.ts'

/** The children of a container in default order, each made when it is asked for. */
export interface ObjectList {
  readonly length: number
  /** Containers come first. */
  readonly containerCount: number
  /** @param place - From 0 to `length` - 1, as for all below. */
  objectAt(place: number): MediaObject
  titleAt(place: number): string
  classAt(place: number): string
  /** Bytes; -1 for a container. */
  sizeAt(place: number): number
  /** Milliseconds since 1970; 0 where nobody knows. */
  dateAt(place: number): number
}

/** A list of objects that are there already, in default order. */
export function listOf(objects: readonly MediaObject[]): ObjectList {
  const at = (place: number): MediaObject => {
    const object = objects[place]
    if (object === undefined) throw new RangeError(`there is no object ${place}`)
    return object
  }
  return {
    length: objects.length,
    containerCount: objects.filter(({ kind }) => kind === 'container').length,
    objectAt: at,
    titleAt: (place) => at(place).title,
    classAt: (place) => at(place).upnpClass,
    sizeAt: (place) => {
      const object = at(place)
      return object.kind === 'item' ? object.resource.size : -1
    },
    dateAt: (place) => at(place).addedAt?.getTime() ?? 0,
  }
}
