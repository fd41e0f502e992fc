import { runAtOnce, runInSlices, type Steps } from '../../concurrency/steps.ts'
import type { Logger } from '../../log.ts'
import { rehearseReleases } from '../names/release.ts'
import type { Container, MediaObject } from '../objects/media-object.ts'
import {
  decodeObjectId,
  encodeObjectId,
  type ObjectId,
  type ObjectReference,
  type View,
} from '../objects/object-id.ts'
import { listOf, type ObjectList } from '../objects/object-list.ts'
import { titled } from '../sorting/object-order.ts'
import type { TorrentTree } from '../tree/torrent-tree.ts'
import {
  type Catalogue,
  catalogueOf,
  changedCatalogue,
  EMPTY_CATALOGUE,
  type Entry,
} from './catalogue.ts'
import { type Series, seasonsOf, seriesOf } from './series.ts'
import { containerOf, entryItem, entryList } from './view-objects.ts'

/** Torrents of so few files are read at once: it takes some milliseconds. */
const FILES_AT_ONCE = 16

/** A person goes on with one of the last few. */
const MOST_BEGUN = 100

const TITLES: Readonly<Record<View, string>> = {
  video: 'Video',
  audio: 'Audio',
  images: 'Images',
  recent: 'Recently added',
  begun: 'Continue watching',
  films: 'Films',
  series: 'Series',
}

const VIEWS = Object.keys(TITLES) as readonly View[]

export interface ViewsOptions {
  readonly log: Logger
  /** What was begun and not watched to its end, the latest first. */
  readonly begun: () => readonly ObjectId[]
  /** By info hash. */
  readonly treeOf: (infoHash: string) => TorrentTree | undefined
  /** Views have changed, a while after what they show. */
  readonly onChange: () => void
}

/**
 * Containers that show the files of all torrents by what they are. Every file in them is another entry
 * for an item that lies in its torrent. They are kept up as torrents come and go; the names of many
 * files are read between other work, and seen when they are.
 */
export class Views {
  readonly #options: ViewsOptions
  #catalogue = EMPTY_CATALOGUE
  #waiting: TorrentTree[] = []
  /** Removed while they were read. */
  readonly #gone = new Set<TorrentTree>()
  #isWorking = false
  #lists = new Map<string, ObjectList>()
  #series: readonly Series[] | null = null

  constructor(options: ViewsOptions) {
    this.#options = options
    void runInSlices(rehearseReleases())
  }

  get catalogue(): Catalogue {
    return this.#catalogue
  }

  add(added: readonly TorrentTree[]): void {
    const trees = added.filter(({ top }) => top !== null)
    const files = trees.reduce((sum, { torrent }) => sum + torrent.files.length, 0)
    if (!this.#isWorking && files <= FILES_AT_ONCE) {
      const catalogues = trees.map((tree) => runAtOnce(catalogueOf(tree)))
      this.#show(runAtOnce(changedCatalogue(this.#catalogue, new Set(), catalogues)))
      return
    }
    for (const tree of trees) this.#waiting.push(tree)
    if (!this.#isWorking) void this.#work()
  }

  remove(tree: TorrentTree): void {
    this.#waiting = this.#waiting.filter((other) => other !== tree)
    if (this.#isWorking) this.#gone.add(tree)
    this.#show(runAtOnce(changedCatalogue(this.#catalogue, new Set([tree]), [])))
  }

  /** Those that have anything to show. */
  containers(): readonly Container[] {
    return this.#shown().map((view) => this.#container(view))
  }

  /** Their ids. */
  ids(): readonly ObjectId[] {
    return this.#shown().map((view) => encodeObjectId({ kind: 'view', view }))
  }

  /** `null` if there is no such object in a view; the views themselves are always there. */
  find(reference: ObjectReference): MediaObject | null {
    switch (reference.kind) {
      case 'view':
        return this.#container(reference.view)
      case 'series':
        return this.#seriesOf(reference.seriesKey)?.container ?? null
      case 'season':
        return this.#seasonOf(reference)?.container ?? null
      case 'entry': {
        const { view, infoHash, fileIndex } = reference
        const entry = this.#entries(view).find(
          ({ tree, fileIndex: index }) => index === fileIndex && tree.torrent.infoHash === infoHash,
        )
        return entry === undefined ? null : entryItem(view, entry)
      }
      case 'root':
      case 'torrent':
      case 'folder':
      case 'file':
        return null
    }
  }

  /** The children of a container of a view; `null` for anything else. */
  list(reference: ObjectReference): ObjectList | null {
    const name = JSON.stringify(reference)
    const list = this.#lists.get(name) ?? this.#newList(reference)
    const isKept = reference.kind !== 'view' || reference.view !== 'begun'
    if (list !== null && isKept) this.#lists.set(name, list)
    return list
  }

  /** What a container of a view holds, at any depth. */
  *below(reference: ObjectReference): Generator<ObjectList> {
    const list = this.list(reference)
    if (list === null) return
    yield list
    for (let place = 0; place < list.length; place++) {
      const below = decodeObjectId(String(list.valueAt(place, 'id')))
      if (below?.kind === 'series' || below?.kind === 'season') yield* this.below(below)
    }
  }

  /** Reads nothing more. */
  close(): void {
    this.#waiting = []
    this.#show(EMPTY_CATALOGUE)
  }

  #show(catalogue: Catalogue): void {
    this.#catalogue = catalogue
    this.#lists = new Map()
    this.#series = null
  }

  async #work(): Promise<void> {
    this.#isWorking = true
    try {
      while (this.#waiting.length > 0) {
        const trees = this.#waiting.splice(0)
        await this.#addInSlices(await runInSlices(cataloguesOf(trees)))
        if (trees.some((tree) => !this.#gone.has(tree))) this.#options.onChange()
      }
    } catch (error) {
      this.#options.log.error({ err: error }, 'views cannot be made')
    }
    this.#gone.clear()
    this.#isWorking = false
  }

  /** Tries again where a torrent was removed meanwhile. */
  async #addInSlices(added: readonly Catalogue[]): Promise<void> {
    for (;;) {
      const before = this.#catalogue
      const after = await runInSlices(changedCatalogue(before, this.#gone, added))
      if (before !== this.#catalogue) continue
      this.#show(after)
      return
    }
  }

  #shown(): readonly View[] {
    return VIEWS.filter((view) => this.#entries(view).length > 0)
  }

  #container(view: View): Container {
    const count = view === 'series' ? this.#allSeries().length : this.#entries(view).length
    return containerOf({ kind: 'view', view }, TITLES[view], count)
  }

  #entries(view: View): readonly Entry[] {
    switch (view) {
      case 'begun':
        return this.#begun()
      case 'series':
        return this.#catalogue.episodes
      case 'video':
      case 'audio':
      case 'images':
      case 'recent':
      case 'films':
        return this.#catalogue[view]
    }
  }

  #begun(): readonly Entry[] {
    const entries: Entry[] = []
    for (const fileId of this.#options.begun()) {
      const reference = decodeObjectId(fileId)
      if (reference?.kind !== 'file' || entries.length >= MOST_BEGUN) continue
      const { infoHash, fileIndex } = reference
      const tree = this.#options.treeOf(infoHash)
      const item = tree?.item(fileIndex)
      if (tree !== undefined && item) entries.push({ tree, fileIndex, ...titled(item.title) })
    }
    return entries
  }

  #newList(reference: ObjectReference): ObjectList | null {
    switch (reference.kind) {
      case 'view': {
        const { view } = reference
        return view === 'series'
          ? listOf(this.#allSeries().map(({ container }) => container))
          : entryList(view, this.#entries(view))
      }
      case 'series': {
        const series = this.#seriesOf(reference.seriesKey)
        return series === undefined
          ? null
          : listOf(seasonsOf(series).map(({ container }) => container))
      }
      case 'season': {
        const season = this.#seasonOf(reference)
        return season === undefined ? null : entryList('series', season.episodes)
      }
      case 'root':
      case 'torrent':
      case 'folder':
      case 'file':
      case 'entry':
        return null
    }
  }

  #allSeries(): readonly Series[] {
    this.#series ??= seriesOf(this.#catalogue.episodes)
    return this.#series
  }

  #seriesOf(key: string): Series | undefined {
    return this.#allSeries().find(({ seriesKey }) => seriesKey === key)
  }

  #seasonOf({ seriesKey, season }: Extract<ObjectReference, { kind: 'season' }>) {
    const series = this.#seriesOf(seriesKey)
    return series && seasonsOf(series).find(({ number }) => number === season)
  }
}

function* cataloguesOf(trees: readonly TorrentTree[]): Steps<readonly Catalogue[]> {
  const catalogues: Catalogue[] = []
  for (const tree of trees) {
    yield
    catalogues.push(yield* catalogueOf(tree))
  }
  return catalogues
}
