import { runAtOnce, runInSlices, type Steps } from '../../concurrency/steps.ts'
import type { Logger } from '../../log.ts'
import { rehearseReleases } from '../names/release.ts'
import type { ObjectId } from '../objects/object-id.ts'
import type { TorrentTree } from '../tree/torrent-tree.ts'
import { type Catalogue, catalogueOf, changedCatalogue, EMPTY_CATALOGUE } from './catalogue.ts'
import { containerIdsOf } from './series.ts'

/** Torrents of so few files are read at once: it takes some milliseconds. */
const FILES_AT_ONCE = 16

export interface KeptCatalogueOptions {
  readonly log: Logger
  /** There is another one, at once. */
  readonly onShow: () => void
  /** What was added is in it, a while after `add`. */
  readonly onChange: (trees: readonly TorrentTree[]) => void
}

/**
 * The catalogue of all torrents, kept up as they come and go; the names of many files are read between
 * other work, and seen when they are.
 */
export class KeptCatalogue {
  readonly #options: KeptCatalogueOptions
  #catalogue = EMPTY_CATALOGUE
  /** Of the torrents that have any. */
  readonly #seriesIn = new WeakMap<TorrentTree, readonly ObjectId[]>()
  #waiting: TorrentTree[] = []
  /** Removed while they were read. */
  readonly #gone = new Set<TorrentTree>()
  #isWorking = false
  #isClosed = false

  constructor(options: KeptCatalogueOptions) {
    this.#options = options
    void runInSlices(rehearseReleases())
  }

  get current(): Catalogue {
    return this.#catalogue
  }

  /** Series and seasons of a torrent whose names have been read. */
  seriesIn(tree: TorrentTree): readonly ObjectId[] {
    return this.#seriesIn.get(tree) ?? []
  }

  add(added: readonly TorrentTree[]): void {
    const trees = added.filter(({ top }) => top !== null)
    const files = trees.reduce((sum, { torrent }) => sum + torrent.files.length, 0)
    if (!this.#isWorking && files <= FILES_AT_ONCE) {
      const catalogues = runAtOnce(this.#cataloguesOf(trees))
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

  /** Reads nothing more, and tells nobody. */
  close(): void {
    this.#isClosed = true
    this.#waiting = []
    this.#show(EMPTY_CATALOGUE)
  }

  #show(catalogue: Catalogue): void {
    this.#catalogue = catalogue
    this.#options.onShow()
  }

  async #work(): Promise<void> {
    this.#isWorking = true
    try {
      while (this.#waiting.length > 0) {
        const trees = this.#waiting.splice(0)
        await this.#addInSlices(await runInSlices(this.#cataloguesOf(trees)))
        const shown = trees.filter((tree) => !this.#gone.has(tree))
        if (shown.length > 0 && !this.#isClosed) this.#options.onChange(shown)
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
      if (this.#isClosed) return
      if (before !== this.#catalogue) continue
      this.#show(after)
      return
    }
  }

  *#cataloguesOf(trees: readonly TorrentTree[]): Steps<readonly Catalogue[]> {
    const catalogues: Catalogue[] = []
    for (const tree of trees) {
      yield
      const catalogue = yield* catalogueOf(tree)
      if (catalogue.episodes.length > 0) {
        this.#seriesIn.set(tree, containerIdsOf(catalogue.episodes))
      }
      catalogues.push(catalogue)
    }
    return catalogues
  }
}
