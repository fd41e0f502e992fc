import type { InfoHash } from '../torrents/metainfo/info-hash.ts'

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
  }
}

/** The inverse of `encodeObjectId`; `null` for a text that it never makes. */
export function decodeObjectId(text: string): ObjectReference | null {
  if (text === ROOT_ID) return { kind: 'root' }
  const [, hash, depth, index] = SPELLING.exec(text) ?? []
  if (hash === undefined) return null
  const infoHash = hash as InfoHash
  if (index === undefined) return { kind: 'torrent', infoHash }
  if (depth === undefined) return { kind: 'file', infoHash, fileIndex: Number(index) }
  return { kind: 'folder', infoHash, depth: Number(depth), firstFile: Number(index) }
}
