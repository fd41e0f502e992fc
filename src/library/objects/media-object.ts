import type { MediaKind, MediaType } from '../../media/media-type.ts'
import type { MediaFacts } from '../../media/probe/media-facts.ts'
import type { KnownFacts } from '../facts/facts-source.ts'
import type { ObjectId } from './object-id.ts'

/** One object of the tree that a TV browses (ContentDirectory:1, 2.7). */
export type MediaObject = Container | Item

export interface Container {
  readonly kind: 'container'
  readonly id: ObjectId
  readonly parentId: ObjectId
  readonly title: string
  readonly upnpClass: string
  /** Containers and items directly in it; exact. */
  readonly childCount: number
  /** When its torrent was added; `null` for the root. */
  readonly addedAt: Date | null
}

export interface Item {
  readonly kind: 'item'
  readonly id: ObjectId
  readonly parentId: ObjectId
  readonly title: string
  readonly upnpClass: string
  readonly addedAt: Date | null
  /** The object that this one is another entry for; `null` for the entry where the file lies. */
  readonly refId: ObjectId | null
  readonly tags: ItemTags
  /** `null` where nobody has begun to play it. */
  readonly playback: Playback | null
  readonly resource: Resource
  /** What its own bytes say; absent until they have been looked at. */
  readonly facts?: MediaFacts
}

/** What is known of the content beside its title; `null` where nobody knows. */
export interface ItemTags {
  /** Who performs it. */
  readonly artist: string | null
  /** Of its album, where that is told apart. */
  readonly albumArtist: string | null
  readonly genre: string | null
  readonly actor: string | null
  readonly album: string | null
  /** Within its album. */
  readonly track: number | null
  readonly series: string | null
  readonly season: number | null
  readonly episode: number | null
}

export const NO_TAGS: ItemTags = {
  artist: null,
  albumArtist: null,
  genre: null,
  actor: null,
  album: null,
  track: null,
  series: null,
  season: null,
  episode: null,
}

/** How far somebody has watched. */
export interface Playback {
  /** Where to go on; 0 for the beginning. Milliseconds. */
  readonly positionMs: number
  /** How often it was watched to its end. */
  readonly playCount: number
  readonly lastPlayedAt: Date
}

/** The bytes behind an item. */
export interface Resource {
  /** Absolute path of its URL on this server, percent-encoded. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly mediaType: MediaType
  /** What a video can be shown with, the best first. */
  readonly subtitles?: readonly SubtitleResource[]
  /** What is known now of its bytes; as `FactsSource.propertyOf`. */
  known?(...asked: Parameters<KnownFacts>): ReturnType<KnownFacts>
}

/** Subtitles of a video, given out as SubRip. */
export interface SubtitleResource {
  /** Absolute path of their URL on this server, percent-encoded; ends in `.srt`. */
  readonly path: string
  /** BCP 47; `null` where nobody knows. */
  readonly language: string | null
  /** Whether they are only of what is said in another language than the film's. */
  readonly forced: boolean
}

/** What a TV can list: subtitles are no objects of their own. */
export type ListedKind = Exclude<MediaKind, 'subtitle'>

export const CONTAINER_CLASS = 'object.container.storageFolder'

export const ITEM_CLASSES: Readonly<Record<ListedKind, string>> = {
  video: 'object.item.videoItem',
  audio: 'object.item.audioItem.musicTrack',
  image: 'object.item.imageItem.photo',
}
