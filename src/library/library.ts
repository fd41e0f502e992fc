import { EventEmitter } from 'node:events'
import { runAtOnce, runInSlices, type Steps } from '../concurrency/steps.ts'
import { UndoneChanges } from '../concurrency/undone-changes.ts'
import type { Logger } from '../log.ts'
import type { InfoHash } from '../torrents/metainfo/info-hash.ts'
import { Changes } from './changes/changes.ts'
import type { UpdateIdStore } from './changes/update-id.ts'
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
import { ListedFacts } from './pages/listed-facts.ts'
import { type Children, NO_CHILDREN, Pages, type Slice } from './pages/pages.ts'
import { isNews, notePlayback, type PlaybackChange } from './playback/playback-change.ts'
import { PlaybackStore } from './playback/playback-store.ts'
import { ObjectFinder } from './root/object-finder.ts'
import { Root } from './root/root.ts'
import type { Condition } from './search/search.ts'
import { SubtitleCatalog } from './subtitles/subtitle-catalog.ts'
import { type Branch, branchesOf, type Grown, NOTHING_GROWN, orderOf } from './tree/branches.ts'
import { TorrentTrees } from './tree/torrent-trees.ts'
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
  readonly #trees: TorrentTrees
  readonly #pages: Pages
  readonly #changes: Changes
  readonly #playbacks: PlaybackStore
  readonly #keeping = new UndoneChanges()
  readonly #facts: ListedFacts
  readonly #views: Views
  readonly #root: Root
  readonly #objects: ObjectFinder

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
    const subtitles = options.subtitles ?? new SubtitleCatalog([], facts)
    this.#source = source
    this.#changes = new Changes(updateIds, log)
    this.#playbacks = options.playbacks ?? new PlaybackStore()
    this.#facts = new ListedFacts(facts, {
      onChange: (containers) => this.#countChange(containers),
      onFacts: (infoHash, fileIndex) => this.emit('file', infoHash, fileIndex),
    })
    this.#pages = new Pages((object) => this.#withPlayback(object), facts)
    const onGrown = (torrent: LibraryTorrent, branch: Branch): void => this.#put(torrent, branch)
    const growing = { known: { subtitles, facts }, log, onGrown }
    this.#trees = new TorrentTrees(source.torrents, growing, grown)
    const treeOf = (infoHash: string) => this.#trees.of(infoHash)
    const trees = this.#trees.all
    const tops = trees.flatMap(({ top }) => top ?? []).sort(orderOf(grown))
    this.#root = new Root(tops, () => this.#views.containers())
    this.#views = new Views({
      ...{ log, treeOf },
      begun: () => this.#playbacks.begun(),
      onChange: (trees) =>
        this.#countChange([...this.#views.seriesIn(trees), ROOT_ID, ...this.#views.ids()]),
    })
    this.#objects = new ObjectFinder({ root: this.#root, views: this.#views, treeOf })
    this.#views.add(trees)
    source.on('added', this.#onAdded)
    source.on('changed', this.#onChanged)
    source.on('removed', this.#onRemoved)
  }

  /** Rises with every change that a TV can see, over restarts too; a ui4 that starts again at 0. */
  get systemUpdateId(): number {
    return this.#changes.systemUpdateId
  }

  /** Containers that changed after `updateId`, with the id of their last change; the latest 100. */
  containersChangedSince(updateId: number): ReadonlyMap<ObjectId, number> {
    return this.#changes.since(updateId)
  }

  /** `null` if there is no such object. */
  get(id: string): MediaObject | null {
    const reference = decodeObjectId(id)
    const object = reference === null ? null : this.#objects.find(reference)
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
    if (reference === null || this.#objects.find(reference)?.kind !== 'container') return null
    // What was begun comes in another order with every position, without a change being told.
    const isSteady = reference.kind !== 'view' || reference.view !== 'begun'
    const name = isSteady ? JSON.stringify([reference, condition]) : null
    const lists = this.#objects.below(reference)
    const found = await this.#pages.search({ name, lists, condition }, slice)
    return await runInSlices(this.#withFacts(found))
  }

  /**
   * Notes how far a file was watched, by the id of any of its items; what is left out stays as it is.
   * False if there is no such item.
   */
  setPlayback(id: string, change: PlaybackChange, now: Date): boolean {
    const item = this.get(id)
    if (item?.kind !== 'item') return false
    const fileId = item.refId ?? item.id
    const file = decodeObjectId(fileId)
    if (file?.kind !== 'file') return false
    this.#tellPlayback(file, notePlayback(this.#playbacks, { fileId, change, now }))
    return true
  }

  /**
   * The same, once it is safely on the disk. Rejects with StorageError where it cannot be; all is as it was then.
   */
  async keepPlayback(...[id, change, now]: Parameters<Library['setPlayback']>): Promise<boolean> {
    const item = this.get(id)
    if (item?.kind !== 'item') return false
    const fileId = item.refId ?? item.id
    const current = (): Playback | null => this.#playbacks.get(fileId)
    let made = current()
    const make = (): void => {
      this.setPlayback(id, change, now)
      made = current()
    }
    const undo = (saved: Playback | null): void => {
      // A TV has been watched on meanwhile, which nobody waits for.
      if (current() !== made) return
      this.#playbacks.takeBack(fileId, saved)
      const file = decodeObjectId(fileId)
      if (file?.kind === 'file') this.#tellPlayback(file, isNews(made, saved))
    }
    await this.#keeping.run(fileId, { current, make, undo }, () => this.#playbacks.saved())
    return true
  }

  #tellPlayback(file: ObjectReference & { kind: 'file' }, isShown: boolean): void {
    this.emit('file', file.infoHash, file.fileIndex)
    if (!isShown) return
    const folder = this.#objects.find(file)?.parentId ?? ROOT_ID
    const begun = encodeObjectId({ kind: 'view', view: 'begun' })
    this.#countChange([...new Set([...this.#views.around(file), folder, begun, ROOT_ID])])
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
    this.#trees.close()
    this.removeAllListeners()
  }

  readonly #onAdded = (torrent: LibraryTorrent): void => {
    this.#put(torrent, this.#trees.grow(torrent))
  }

  readonly #onChanged = (torrent: LibraryTorrent): void => {
    if (this.#trees.isOutdated(torrent)) this.#put(torrent, this.#trees.grow(torrent))
  }

  readonly #onRemoved = (torrent: LibraryTorrent): void => {
    this.#put(torrent, null)
  }

  #put(torrent: LibraryTorrent, branch: Branch | null): void {
    const { infoHash } = torrent
    const tree = this.#trees.of(infoHash)
    const before = tree?.top ?? null
    const after = branch?.tree.top ?? null
    this.#trees.put(torrent, branch)
    if (before === null && after === null) return
    this.#root.replace(before, after)
    const views = this.#views.ids()
    const series = tree === undefined ? [] : this.#views.seriesIn([tree])
    if (tree !== undefined && before !== null) this.#views.remove(tree)
    if (branch !== null && after !== null) this.#views.add([branch.tree])
    const shown = branch === null ? [] : this.#views.seriesIn([branch.tree])
    const changed = encodeObjectId({ kind: 'torrent', infoHash })
    const around = new Set([...views, ...this.#views.ids()])
    this.#countChange([...series, ...shown, ROOT_ID, changed, ...around])
  }

  #countChange(containers: readonly ObjectId[]): void {
    this.#pages.clear()
    this.#root.changed()
    this.#changes.count(containers)
    this.emit('changed')
  }

  *#children(id: string, slice: Slice): Steps<Children | null> {
    const reference = decodeObjectId(id)
    if (reference === null || this.#objects.find(reference) === null) return null
    const list = this.#objects.children(reference)
    return list === null ? NO_CHILDREN : yield* this.#withFacts(yield* this.#pages.of(list, slice))
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
