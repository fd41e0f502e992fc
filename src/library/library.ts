import { EventEmitter } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Semaphore } from '../concurrency/semaphore.ts'
import { runAtOnce, runInSlices } from '../concurrency/steps.ts'
import type { Logger } from '../log.ts'
import { type FactsSource, NO_FACTS } from './facts-source.ts'
import type { LibrarySource, LibraryTorrent } from './library-source.ts'
import { ListedFacts } from './listed-facts.ts'
import { CONTAINER_CLASS, type Container, type MediaObject } from './media-object.ts'
import { decodeObjectId, ROOT_ID, ROOT_PARENT_ID } from './object-id.ts'
import { listOf, type ObjectList } from './object-list.ts'
import { byDefault, replaceInOrder, type SortKey } from './object-order.ts'
import { SortedChildren } from './sorted-children.ts'
import { SubtitleCatalog } from './subtitles/subtitle-catalog.ts'
import { TorrentTree } from './torrent-tree.ts'
import { nextUpdateId, type UpdateIdStore } from './update-id.ts'

/** The tree of a torrent of more files is grown between other work, one torrent after another. */
const FILES_AT_ONCE = 1_000
/** No answer to a control point has room for more; it asks for the rest. */
const MOST_OBJECTS = 5_000

export interface LibraryOptions {
  readonly source: LibrarySource
  readonly updateIds: UpdateIdStore
  /** Finds the subtitles of films; shared with whoever gives them out. */
  readonly subtitles?: SubtitleCatalog
  /** What files are; nothing is known of them when absent. */
  readonly facts?: FactsSource
  readonly log: Logger
}

/** Which children are asked for. */
export interface Slice {
  readonly startingIndex: number
  /** 0 means all; at most 5,000 are given. */
  readonly requestedCount: number
  /** Empty: containers first, then by title. */
  readonly sort: readonly SortKey[]
}

export interface Children {
  readonly objects: readonly MediaObject[]
  /** All children, whatever the slice. */
  readonly totalMatches: number
}

interface Branch {
  readonly name: string | null
  readonly fileCount: number
  /** Empty while it grows. */
  readonly tree: TorrentTree
}

/**
 * The tree that a TV browses: the root, in it one object for each torrent, below them their folders
 * and files. It is kept in memory and rebuilt only for the torrent that changed. It emits `changed`
 * after each change of what a TV can see, when `systemUpdateId` is already the new one. A torrent of
 * very many files is seen a moment after it was added.
 */
export class Library extends EventEmitter<{ changed: [] }> {
  readonly #source: LibrarySource
  readonly #updateIds: UpdateIdStore
  readonly #subtitles: SubtitleCatalog
  readonly #log: Logger
  readonly #branches = new Map<string, Branch>()
  readonly #sorted = new SortedChildren()
  readonly #growing = new Semaphore(1)
  readonly #facts: ListedFacts
  #rootChildren: readonly MediaObject[]
  #rootList: ObjectList
  #systemUpdateId: number

  constructor({ source, updateIds, subtitles, facts = NO_FACTS, log }: LibraryOptions) {
    super()
    this.#facts = new ListedFacts(facts, () => this.#countChange())
    this.#source = source
    this.#updateIds = updateIds
    this.#subtitles = subtitles ?? new SubtitleCatalog()
    this.#log = log
    this.#systemUpdateId = updateIds.read()
    for (const torrent of source.torrents)
      this.#branches.set(torrent.infoHash, this.#branch(torrent))
    const tops = [...this.#branches.values()].flatMap(({ tree }) => tree.top ?? [])
    this.#rootChildren = tops.sort(byDefault)
    this.#rootList = listOf(this.#rootChildren)
    source.on('added', this.#onAdded)
    source.on('changed', this.#onChanged)
    source.on('removed', this.#onRemoved)
  }

  /** Rises with every change that a TV can see, over restarts too; a ui4 that starts again at 0. */
  get systemUpdateId(): number {
    return this.#systemUpdateId
  }

  /** `null` if there is no such object. */
  get(id: string): MediaObject | null {
    if (id === ROOT_ID) return this.#root()
    const object = this.#find(id)
    return object === null ? null : (this.#facts.added([object])[0] ?? null)
  }

  /** `null` if there is no such object; the children of an item are an empty list. */
  children(id: string, { startingIndex, requestedCount, sort }: Slice): Children | null {
    if (id !== ROOT_ID && this.#find(id) === null) return null
    const list = this.#listOf(id)
    if (list === null) return { objects: [], totalMatches: 0 }
    const count = requestedCount === 0 ? MOST_OBJECTS : Math.min(requestedCount, MOST_OBJECTS)
    const end = Math.min(startingIndex + count, list.length)
    const order = this.#sorted.of(list, sort)
    const objects: MediaObject[] = []
    for (let place = startingIndex; place < end; place++) {
      objects.push(list.objectAt(order?.[place] ?? place))
    }
    return { objects: this.#facts.added(objects), totalMatches: list.length }
  }

  /** Forgets the source. */
  close(): void {
    this.#source.off('added', this.#onAdded)
    this.#source.off('changed', this.#onChanged)
    this.#source.off('removed', this.#onRemoved)
    this.#facts.close()
    this.#branches.clear()
    this.removeAllListeners()
  }

  #find(id: string): MediaObject | null {
    const reference = decodeObjectId(id)
    if (reference === null || reference.kind === 'root') return null
    return this.#branches.get(reference.infoHash)?.tree.get(reference) ?? null
  }

  readonly #onAdded = (torrent: LibraryTorrent): void => {
    this.#replace(torrent, this.#branch(torrent))
  }

  readonly #onChanged = (torrent: LibraryTorrent): void => {
    const branch = this.#branches.get(torrent.infoHash)
    // Files never change under one info hash, except from none to all when metadata arrives.
    if (branch === undefined) return
    if (branch.name === torrent.name && branch.fileCount === torrent.files.length) return
    this.#replace(torrent, this.#branch(torrent))
  }

  readonly #onRemoved = (torrent: LibraryTorrent): void => {
    this.#replace(torrent, null)
  }

  #replace(torrent: LibraryTorrent, branch: Branch | null): void {
    const { infoHash } = torrent
    const before = this.#branches.get(infoHash)?.tree.top ?? null
    const after = branch?.tree.top ?? null
    if (branch === null) this.#branches.delete(infoHash)
    else this.#branches.set(infoHash, branch)
    if (before === null && after === null) return
    this.#rootChildren = replaceInOrder(this.#rootChildren, before, after)
    this.#rootList = listOf(this.#rootChildren)
    this.#countChange()
  }

  #countChange(): void {
    this.#systemUpdateId = nextUpdateId(this.#systemUpdateId)
    try {
      this.#updateIds.write(this.#systemUpdateId)
    } catch (error) {
      this.#log.error({ err: error }, 'cannot keep SystemUpdateID')
    }
    this.emit('changed')
  }

  #branch(torrent: LibraryTorrent): Branch {
    const { name, files } = torrent
    const facts = { name, fileCount: files.length }
    if (files.length <= FILES_AT_ONCE) {
      return {
        ...facts,
        tree: this.#grown(
          torrent,
          runAtOnce(TorrentTree.grow(torrent, this.#subtitles, this.#log)),
        ),
      }
    }
    const branch = { ...facts, tree: TorrentTree.empty(torrent, this.#subtitles) }
    void this.#growing.run(() => this.#growInSlices(torrent, branch))
    return branch
  }

  /** In place of `branch`, unless something else is there by then. */
  async #growInSlices(torrent: LibraryTorrent, branch: Branch): Promise<void> {
    const isWanted = (): boolean => this.#branches.get(torrent.infoHash) === branch
    await nextTurn()
    if (!isWanted()) return
    const tree = await runInSlices(TorrentTree.grow(torrent, this.#subtitles, this.#log))
    if (isWanted()) this.#replace(torrent, { ...branch, tree: this.#grown(torrent, tree) })
  }

  #grown(torrent: LibraryTorrent, tree: TorrentTree): TorrentTree {
    const { infoHash, name, files } = torrent
    if (tree.top === null && files.length > 0) {
      this.#log.info(
        { infoHash, torrent: name, files: files.length },
        'torrent is not shown on TVs: no video, audio or image file in it',
      )
    }
    return tree
  }

  #listOf(id: string): ObjectList | null {
    const reference = decodeObjectId(id)
    if (reference === null) return null
    if (reference.kind === 'root') return this.#rootList
    return this.#branches.get(reference.infoHash)?.tree.children(reference) ?? null
  }

  #root(): Container {
    return {
      kind: 'container',
      id: ROOT_ID,
      parentId: ROOT_PARENT_ID,
      title: 'Root',
      upnpClass: CONTAINER_CLASS,
      childCount: this.#rootChildren.length,
      addedAt: null,
    }
  }
}
