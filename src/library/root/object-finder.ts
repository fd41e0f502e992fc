import type { MediaObject } from '../objects/media-object.ts'
import { decodeObjectId, type ObjectReference } from '../objects/object-id.ts'
import type { ObjectList } from '../objects/object-list.ts'
import type { TorrentTree } from '../tree/torrent-tree.ts'
import type { Views } from '../views/views.ts'
import type { Root } from './root.ts'

export interface ObjectFinderOptions {
  readonly root: Root
  readonly views: Views
  readonly treeOf: (infoHash: string) => TorrentTree | undefined
}

/** Finds objects wherever they are: in the root, in a torrent, in a view. */
export class ObjectFinder {
  readonly #options: ObjectFinderOptions

  constructor(options: ObjectFinderOptions) {
    this.#options = options
  }

  /** `null` if there is no such object. */
  find(reference: ObjectReference | null): MediaObject | null {
    const { root, views, treeOf } = this.#options
    if (reference === null) return null
    if (reference.kind === 'root') return root.container
    if (!isInTorrent(reference)) return views.find(reference)
    return treeOf(reference.infoHash)?.get(reference) ?? null
  }

  /** The children of a container; `null` for anything else. */
  children(reference: ObjectReference): ObjectList | null {
    const { root, views, treeOf } = this.#options
    if (reference.kind === 'root') return root.list
    if (!isInTorrent(reference)) return views.list(reference)
    return treeOf(reference.infoHash)?.children(reference) ?? null
  }

  /**
   * The children of a container, of its containers, and so on. Below the root every file is found once,
   * where it lies: the views are left out.
   */
  *below(reference: ObjectReference): Generator<ObjectList> {
    const { root, views, treeOf } = this.#options
    if (reference.kind === 'root') {
      yield root.topList
      for (const { id } of root.tops) {
        const top = decodeObjectId(id)
        if (top !== null) yield* this.below(top)
      }
    } else if (isInTorrent(reference)) {
      yield* treeOf(reference.infoHash)?.lists(reference) ?? []
    } else {
      yield* views.below(reference)
    }
  }
}

type InTorrent = Extract<ObjectReference, { kind: 'torrent' | 'folder' | 'file' }>

function isInTorrent(
  reference: Exclude<ObjectReference, { kind: 'root' }>,
): reference is InTorrent {
  return reference.kind === 'torrent' || reference.kind === 'folder' || reference.kind === 'file'
}
