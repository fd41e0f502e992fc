import { EventEmitter } from 'node:events'
import { nextTurn } from '../concurrency/next-turn.ts'
import { Semaphore } from '../concurrency/semaphore.ts'
import { runAtOnce, runInSlices, type Steps } from '../concurrency/steps.ts'
import type { Logger } from '../log.ts'
import type { InfoHash } from '../torrents/metainfo/info-hash.ts'
import { ContainerChanges } from './changes/container-changes.ts'
import { nextUpdateId, type UpdateIdStore } from './changes/update-id.ts'
import { type FactsSource, NO_FACTS } from './facts/facts-source.ts'
import type { LibrarySource, LibraryTorrent } from './files/library-source.ts'
import type { MediaObject, Playback } from './objects/media-object.ts'
import {
  decodeObjectId,
  encodeObjectId,
  type ObjectId,
  type ObjectReference,
  ROOT_ID,
} from './objects/object-id.ts'
import type { ObjectList } from './objects/object-list.ts'
import { ListedFacts } from './pages/listed-facts.ts'
import { type Children, NO_CHILDREN, Pages, type Slice } from './pages/pages.ts'
import { PlaybackStore } from './playback/playback-store.ts'
import { Root } from './root/root.ts'
import type { Condition } from './search/search.ts'
import { SubtitleCatalog } from './subtitles/subtitle-catalog.ts'
import {
  type Branch,
  branchesOf,
  FILES_AT_ONCE,
  type Growing,
  type Grown,
  NOTHING_GROWN,
  orderOf,
  treeOf,
} from './tree/branches.ts'
import type { WhatIsKnown } from './tree/file-resource.ts'
import { TorrentTree } from './tree/torrent-tree.ts'
import type { Catalogue } from './views/catalogue.ts'
import { Views } from './views/views.ts'

export interface LibraryOptions {
  readonly source: LibrarySource
  readonly updateIds: UpdateIdStore
  /** What was watched; without one, that is forgotten with the library. */
  readonly playbacks?: PlaybackStore
  /** Finds the subtitles of films; shared with whoever gives them out. */
  readonly subtitles?: SubtitleCatalog
  /** What files are; nothing is known of them when absent. */
  readonly facts?: FactsSource
  readonly log: Logger
}

/**
 * The tree that a TV browses: the root, in it one object for each torrent, below them their folders
 * and files. It is kept in memory and rebuilt only for the torrent that changed. It emits `changed`
 * after each change of what a TV can see, when `systemUpdateId` is already the new one. A torrent of
 * very many files is seen a moment after it was added.
 */
export class Library extends EventEmitter<{
  changed: []
  /** There is more to tell of a file: what is in it, or how far it was watched. */
  file: [infoHash: InfoHash, fileIndex: number]
}> {
  readonly #source: LibrarySource
  readonly #updateIds: UpdateIdStore
  readonly #log: Logger
  readonly #branches = new Map<string, Branch>()
  readonly #pages: Pages
  readonly #changes = new ContainerChanges()
  readonly #playbacks: PlaybackStore
  readonly #known: WhatIsKnown
  readonly #growsBy: Growing
  readonly #facts: ListedFacts
  readonly #growing = new Semaphore(1)
  readonly #views: Views
  readonly #root: Root
  #systemUpdateId: number

  /** The same as a new one, made between other work: of ten thousand torrents it takes a while. */
  static async open(options: LibraryOptions): Promise<Library> {
    const { source, facts = NO_FACTS, log } = options
    const subtitles = options.subtitles ?? new SubtitleCatalog([], facts)
    const growing = { known: { subtitles, facts }, log }
    return new Library(
      { ...options, subtitles },
      await runInSlices(branchesOf(source.torrents, growing)),
    )
  }

  constructor(
    { source, updateIds, facts = NO_FACTS, log, ...options }: LibraryOptions,
    grown: Grown = NOTHING_GROWN,
  ) {
    super()
    this.#facts = new ListedFacts(facts, {
      onChange: (containers) => this.#countChange(containers),
      onFacts: (infoHash, fileIndex) => this.emit('file', infoHash, fileIndex),
    })
    this.#known = { subtitles: options.subtitles ?? new SubtitleCatalog([], facts), facts }
    this.#growsBy = { known: this.#known, log }
    this.#pages = new Pages((object) => this.#withPlayback(object), facts)
    this.#source = source
    this.#updateIds = updateIds
    this.#playbacks = options.playbacks ?? new PlaybackStore()
    this.#log = log
    this.#systemUpdateId = updateIds.read()
    for (const torrent of source.torrents) {
      const { name, files } = torrent
      const known = grown.branches.get(torrent)
      const isSame = known?.name === name && known.fileCount === files.length
      this.#branches.set(torrent.infoHash, isSame ? known : this.#branch(torrent))
    }
    const trees = [...this.#branches.values()].map(({ tree }) => tree)
    const tops = trees.flatMap(({ top }) => top ?? []).sort(orderOf(grown))
    this.#root = new Root(tops, () => this.#views.containers())
    this.#views = new Views({
      log,
      begun: () => this.#playbacks.begun(),
      treeOf: (infoHash) => this.#branches.get(infoHash)?.tree,
      onChange: () => this.#countChange([ROOT_ID, ...this.#views.ids()]),
    })
    this.#views.add(trees)
    source.on('added', this.#onAdded)
    source.on('changed', this.#onChanged)
    source.on('removed', this.#onRemoved)
  }

  /** Rises with every change that a TV can see, over restarts too; a ui4 that starts again at 0. */
  get systemUpdateId(): number {
    return this.#systemUpdateId
  }

  /** Containers that changed after `updateId`, with the id of their last change; the latest 100. */
  containersChangedSince(updateId: number): ReadonlyMap<ObjectId, number> {
    return this.#changes.since(updateId)
  }

  /** `null` if there is no such object. */
  get(id: string): MediaObject | null {
    const reference = decodeObjectId(id)
    const object = reference === null ? null : this.#find(reference)
    if (object === null) return null
    return runAtOnce(this.#facts.added([this.#withPlayback(object)]))[0] ?? null
  }

  /** `null` if there is no such object; the children of an item are an empty list. */
  children(id: string, slice: Slice): Children | null {
    return runAtOnce(this.#children(id, slice))
  }

  /** `children`, between other work where a huge folder has to be sorted first. */
  async childrenInSlices(id: string, slice: Slice): Promise<Children | null> {
    return await runInSlices(this.#children(id, slice))
  }

  /**
   * What of a container and of all below it fulfils a condition; itself it is not among them. `null`
   * if there is no such container.
   */
  async search(id: string, condition: Condition, slice: Slice): Promise<Children | null> {
    const reference = decodeObjectId(id)
    if (reference === null || this.#find(reference)?.kind !== 'container') return null
    const name = JSON.stringify([reference, condition])
    const lists = this.#below(reference)
    const found = await this.#pages.search({ name, lists, condition }, slice)
    return await runInSlices(this.#withFacts(found))
  }

  /**
   * Notes how far a file was watched, by the id of any of its items; what is left out stays as it is.
   * False if there is no such item.
   */
  setPlayback(id: string, change: Partial<Omit<Playback, 'lastPlayedAt'>>, now: Date): boolean {
    const item = this.get(id)
    if (item?.kind !== 'item') return false
    const fileId = item.refId ?? item.id
    const before = item.playback ?? { positionMs: 0, playCount: 0 }
    const { positionMs, playCount } = { ...before, ...change }
    const isNothing = positionMs === 0 && playCount === 0
    this.#playbacks.set(fileId, isNothing ? null : { positionMs, playCount, lastPlayedAt: now })
    const file = decodeObjectId(fileId)
    if (file?.kind === 'file') this.emit('file', file.infoHash, file.fileIndex)
    const hasBegun = (position: number): boolean => position > 0
    if (playCount !== before.playCount || hasBegun(positionMs) !== hasBegun(before.positionMs)) {
      const folder = this.#find(file)?.parentId ?? ROOT_ID
      this.#countChange([folder, encodeObjectId({ kind: 'view', view: 'begun' }), ROOT_ID])
    }
    return true
  }

  /** Resolves when what was noted is safely on the disk. Rejects with the system's error. */
  playbacksSaved(): Promise<void> {
    return this.#playbacks.saved()
  }

  /** All files by what they are. */
  get catalogue(): Catalogue {
    return this.#views.catalogue
  }

  /** Forgets the source. */
  close(): void {
    this.#source.off('added', this.#onAdded)
    this.#source.off('changed', this.#onChanged)
    this.#source.off('removed', this.#onRemoved)
    this.#views.close()
    this.#facts.close()
    this.#branches.clear()
    this.removeAllListeners()
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
    const tree = this.#branches.get(infoHash)?.tree
    const before = tree?.top ?? null
    const after = branch?.tree.top ?? null
    if (branch === null) this.#branches.delete(infoHash)
    else this.#branches.set(infoHash, branch)
    if (before === null && after === null) return
    this.#root.replace(before, after)
    const views = this.#views.ids()
    if (tree !== undefined && before !== null) this.#views.remove(tree)
    if (branch !== null && after !== null) this.#views.add([branch.tree])
    const changed = encodeObjectId({ kind: 'torrent', infoHash })
    this.#countChange([ROOT_ID, changed, ...new Set([...views, ...this.#views.ids()])])
  }

  #countChange(containers: readonly ObjectId[]): void {
    this.#systemUpdateId = nextUpdateId(this.#systemUpdateId)
    this.#changes.record(containers, this.#systemUpdateId)
    this.#pages.clear()
    this.#root.changed()
    try {
      this.#updateIds.write(this.#systemUpdateId)
    } catch (error) {
      this.#log.error({ err: error }, 'cannot keep SystemUpdateID')
    }
    this.emit('changed')
  }

  #branch(torrent: LibraryTorrent): Branch {
    const { name, files } = torrent
    const fileCount = files.length
    if (fileCount <= FILES_AT_ONCE) {
      return { name, fileCount, tree: runAtOnce(treeOf(torrent, this.#growsBy)) }
    }
    const branch = { name, fileCount, tree: TorrentTree.empty(torrent, this.#known) }
    void this.#growing.run(() => this.#growInSlices(torrent, branch))
    return branch
  }

  /** In place of `branch`, unless something else is there by then. */
  async #growInSlices(torrent: LibraryTorrent, branch: Branch): Promise<void> {
    const isWanted = (): boolean => this.#branches.get(torrent.infoHash) === branch
    await nextTurn()
    if (!isWanted()) return
    const tree = await runInSlices(treeOf(torrent, this.#growsBy))
    if (isWanted()) this.#replace(torrent, { ...branch, tree })
  }

  *#children(id: string, slice: Slice): Steps<Children | null> {
    const reference = decodeObjectId(id)
    if (reference === null || this.#find(reference) === null) return null
    const list = this.#listOf(reference)
    return list === null ? NO_CHILDREN : yield* this.#withFacts(yield* this.#pages.of(list, slice))
  }

  #find(reference: ObjectReference | null): MediaObject | null {
    if (reference === null) return null
    if (reference.kind === 'root') return this.#root.container
    if (!isInTorrent(reference)) return this.#views.find(reference)
    return this.#branches.get(reference.infoHash)?.tree.get(reference) ?? null
  }

  #listOf(reference: ObjectReference): ObjectList | null {
    if (reference.kind === 'root') return this.#root.list
    if (!isInTorrent(reference)) return this.#views.list(reference)
    return this.#branches.get(reference.infoHash)?.tree.children(reference) ?? null
  }

  /**
   * The children of a container, of its containers, and so on. Below the root every file is found once,
   * where it lies: the views are left out.
   */
  *#below(reference: ObjectReference): Generator<ObjectList> {
    if (reference.kind === 'root') {
      yield this.#root.topList
      for (const { id } of this.#root.tops) {
        const top = decodeObjectId(id)
        if (top !== null) yield* this.#below(top)
      }
    } else if (isInTorrent(reference)) {
      yield* this.#branches.get(reference.infoHash)?.tree.lists(reference) ?? []
    } else {
      yield* this.#views.below(reference)
    }
  }

  *#withFacts(children: Children): Steps<Children> {
    return { ...children, objects: yield* this.#facts.added(children.objects) }
  }

  #withPlayback(object: MediaObject): MediaObject {
    if (object.kind === 'container') return object
    const playback = this.#playbacks.get(object.refId ?? object.id)
    return playback === null ? object : { ...object, playback }
  }
}

type InTorrent = Extract<ObjectReference, { kind: 'torrent' | 'folder' | 'file' }>

function isInTorrent(
  reference: Exclude<ObjectReference, { kind: 'root' }>,
): reference is InTorrent {
  return reference.kind === 'torrent' || reference.kind === 'folder' || reference.kind === 'file'
}
