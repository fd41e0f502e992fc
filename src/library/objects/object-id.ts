import type { InfoHash } from '../../torrents/metainfo/info-hash.ts'

/**
 * Names an object of the tree to control points (ContentDirectory:1, 2.5.1 ObjectID): URL-safe, below
 * 64 bytes, and the same after a restart, since it is made of what a torrent can never change.
 */
export type ObjectId = string & { readonly objectId: unique symbol }

export const ROOT_ID = '0' as ObjectId
/** The root has no parent; ContentDirectory:1 (2.7.4.2) spells that -1. */
export const ROOT_PARENT_ID = '-1' as ObjectId

/** What an object id stands for. */
export type ObjectReference =
  | { readonly kind: 'root' }
  /** The container of a whole torrent. */
  | { readonly kind: 'torrent'; readonly infoHash: InfoHash }
  /** A folder in a torrent: no two folders of one depth share their first file. */
  | {
      readonly kind: 'folder'
      readonly infoHash: InfoHash
      /** How many path components lead to it; 1 for a folder at the top of its torrent. */
      readonly depth: number
      /** Lowest index of all files in it and below it, listed or not. */
      readonly firstFile: number
    }
  | { readonly kind: 'file'; readonly infoHash: InfoHash; readonly fileIndex: number }
  | { readonly kind: 'view'; readonly view: View }
  | {
      readonly kind: 'series'
      /** 10 hex digits. */
      readonly seriesKey: string
    }
  | { readonly kind: 'season'; readonly seriesKey: string; readonly season: number }
  /** Another entry for a file. */
  | {
      readonly kind: 'entry'
      readonly view: View
      readonly infoHash: InfoHash
      readonly fileIndex: number
    }

/** Containers that show files by what they are, wherever they lie. */
export type View = 'video' | 'audio' | 'images' | 'recent' | 'begun' | 'films' | 'series'

/** Video, audio and images as Samsung's TVs know them from other servers. */
const VIEW_IDS: Readonly<Record<View, string>> = {
  video: 'V',
  audio: 'A',
  images: 'I',
  recent: 'R',
  begun: 'C',
  films: 'F',
  series: 'S',
}

/** What a device asks for without having been told: Samsung's newest TVs, and Xbox 360. */
const ALIASES: Readonly<Record<string, View>> = {
  V_D: 'video',
  V_T: 'video',
  A_D: 'audio',
  A_T: 'audio',
  I_D: 'images',
  I_T: 'images',
  14: 'audio',
  15: 'video',
  16: 'images',
}

const VIEWS: ReadonlyMap<string, View> = new Map([
  ...Object.entries(VIEW_IDS).map(([view, id]) => [id, view as View] as const),
  ...Object.entries(ALIASES),
])

/** `S.<series>`, or `S.<series>.<season>`, decimal without zeros. */
const SERIES = /^S\.([0-9a-f]{10})(?:\.(0|[1-9]\d{0,3}))?$/

/** `<view>.<info hash>-<file>`. */
const ENTRY = /^([VAIRCFS])\.([0-9a-f]{40})-(0|[1-9]\d{0,8})$/

/** `<info hash>`, `<info hash>-d<depth>-<first file>` or `<info hash>-<file>`, decimal without zeros. */
const SPELLING = /^([0-9a-f]{40})(?:(?:-d([1-9]\d{0,8}))?-(0|[1-9]\d{0,8}))?$/

/** Numbers are whole, from 0 (a depth: 1) to 999,999,999. */
export function encodeObjectId(reference: ObjectReference): ObjectId {
  switch (reference.kind) {
    case 'root':
      return ROOT_ID
    case 'torrent':
      return reference.infoHash as string as ObjectId
    case 'folder':
      return `${reference.infoHash}-d${reference.depth}-${reference.firstFile}` as ObjectId
    case 'file':
      return `${reference.infoHash}-${reference.fileIndex}` as ObjectId
    case 'view':
      return VIEW_IDS[reference.view] as ObjectId
    case 'series':
      return `${VIEW_IDS.series}.${reference.seriesKey}` as ObjectId
    case 'season':
      return `${VIEW_IDS.series}.${reference.seriesKey}.${reference.season}` as ObjectId
    case 'entry': {
      const { view, infoHash, fileIndex } = reference
      return `${VIEW_IDS[view]}.${infoHash}-${fileIndex}` as ObjectId
    }
  }
}

/** The inverse of `encodeObjectId`, aliases besides; `null` for a text that it never makes. */
export function decodeObjectId(text: string): ObjectReference | null {
  if (text === ROOT_ID) return { kind: 'root' }
  const [, hash, depth, index] = SPELLING.exec(text) ?? []
  if (hash === undefined) return decodeViewId(text)
  const infoHash = hash as InfoHash
  if (index === undefined) return { kind: 'torrent', infoHash }
  if (depth === undefined) return { kind: 'file', infoHash, fileIndex: Number(index) }
  return { kind: 'folder', infoHash, depth: Number(depth), firstFile: Number(index) }
}

function decodeViewId(text: string): ObjectReference | null {
  const view = VIEWS.get(text)
  if (view !== undefined) return { kind: 'view', view }
  const [, seriesKey, season] = SERIES.exec(text) ?? []
  if (seriesKey !== undefined) {
    if (season === undefined) return { kind: 'series', seriesKey }
    return { kind: 'season', seriesKey, season: Number(season) }
  }
  const [, letter = '', hash, index] = ENTRY.exec(text) ?? []
  const around = VIEWS.get(letter)
  if (around === undefined || hash === undefined) return null
  return { kind: 'entry', view: around, infoHash: hash as InfoHash, fileIndex: Number(index) }
}
