import type { Logger } from '../../log.ts'
import type { Container, Item, MediaObject } from '../objects/media-object.ts'
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
import type { Catalogue, Entry } from './catalogue.ts'
import { KeptCatalogue } from './kept-catalogue.ts'
import { type Series, seasonsOf, seriesOf } from './series.ts'
import { containerOf, entryItem, entryList } from './view-objects.ts'

/** What is new is seen at a glance. */
const MOST_RECENT = 500

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

type FileOfTorrent = Pick<Extract<ObjectReference, { kind: 'file' }>, 'infoHash' | 'fileIndex'>

export interface ViewsOptions {
  readonly log: Logger
  /** What was begun and not watched to its end, the latest first. */
  readonly begun: () => readonly ObjectId[]
  /** By info hash. */
  readonly treeOf: (infoHash: string) => TorrentTree | undefined
  /** Views have changed, a while after these torrents that they show. */
  readonly onChange: (trees: readonly TorrentTree[]) => void
}

/**
 * Containers that show the files of all torrents by what they are. Every file in them is another entry
 * for an item that lies in its torrent.
 */
export class Views {
  readonly #options: ViewsOptions
  readonly #kept: KeptCatalogue
  #lists = new Map<string, ObjectList>()
  #recent: readonly Entry[] | null = null
  #series: readonly Series[] | null = null

  constructor(options: ViewsOptions) {
    this.#options = options
    const { log, onChange } = options
    const onShow = (): void => {
      this.#recent = null
      this.#lists = new Map()
      this.#series = null
    }
    this.#kept = new KeptCatalogue({ log, onShow, onChange })
  }

  get catalogue(): Catalogue {
    return this.#kept.current
  }

  /** Few files are seen at once, many a while later. */
  add(trees: readonly TorrentTree[]): void {
    this.#kept.add(trees)
  }

  remove(tree: TorrentTree): void {
    this.#kept.remove(tree)
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
      case 'entry':
        return this.#entry(reference.view, reference)
      case 'root':
      case 'torrent':
      case 'folder':
      case 'file':
        return null
    }
  }

  /** Containers of views in which a file is shown. */
  around(file: FileOfTorrent): readonly ObjectId[] {
    return VIEWS.flatMap((view) => this.#entry(view, file)?.parentId ?? [])
  }

  /** Series and seasons that torrents have episodes of, as far as their names have been read. */
  seriesIn(trees: readonly TorrentTree[]): readonly ObjectId[] {
    return [...new Set(trees.flatMap((tree) => this.#kept.seriesIn(tree)))]
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
    this.#kept.close()
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
        return this.catalogue.episodes
      case 'recent':
        return this.#newest()
      case 'video':
      case 'audio':
      case 'images':
      case 'films':
        return this.catalogue[view]
    }
  }

  #entry(view: View, { infoHash, fileIndex }: FileOfTorrent): Item | null {
    const entry = this.#entries(view).find(
      ({ tree, fileIndex: index }) => index === fileIndex && tree.torrent.infoHash === infoHash,
    )
    return entry === undefined ? null : entryItem(view, entry)
  }

  #newest(): readonly Entry[] {
    if (this.#recent !== null) return this.#recent
    const newest: Entry[] = []
    for (const { entries } of this.catalogue.recent) {
      if (newest.length >= MOST_RECENT) break
      newest.push(...entries.slice(0, MOST_RECENT - newest.length))
    }
    this.#recent = newest
    return newest
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
    this.#series ??= seriesOf(this.catalogue.episodes)
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
