import { nextTurn } from '../../concurrency/next-turn.ts'
import { Semaphore } from '../../concurrency/semaphore.ts'
import { runAtOnce, runInSlices } from '../../concurrency/steps.ts'
import type { LibraryTorrent } from '../files/library-source.ts'
import {
  type Branch,
  FILES_AT_ONCE,
  type Growing,
  type Grown,
  NOTHING_GROWN,
  treeOf,
} from './branches.ts'
import { TorrentTree } from './torrent-tree.ts'

export interface TorrentTreesOptions extends Growing {
  /** The tree of a torrent of very many files is there, to be put in place of its empty one. */
  readonly onGrown: (torrent: LibraryTorrent, branch: Branch) => void
}

/** The trees of all torrents, each grown once for what its torrent holds. */
export class TorrentTrees {
  readonly #branches = new Map<string, Branch>()
  readonly #options: TorrentTreesOptions
  readonly #growing = new Semaphore(1)

  /** @param grown - Trees that need not be grown again, as far as their torrents are still the same. */
  constructor(
    torrents: readonly LibraryTorrent[],
    options: TorrentTreesOptions,
    grown: Grown = NOTHING_GROWN,
  ) {
    this.#options = options
    for (const torrent of torrents) {
      const known = grown.branches.get(torrent)
      const isSame = known !== undefined && isOf(known, torrent)
      this.#branches.set(torrent.infoHash, isSame ? known : this.grow(torrent))
    }
  }

  get all(): readonly TorrentTree[] {
    return [...this.#branches.values()].map(({ tree }) => tree)
  }

  of(infoHash: string): TorrentTree | undefined {
    return this.#branches.get(infoHash)?.tree
  }

  /** Whether a torrent is known, and holds something else than its tree shows. */
  isOutdated(torrent: LibraryTorrent): boolean {
    const branch = this.#branches.get(torrent.infoHash)
    return branch !== undefined && !isOf(branch, torrent)
  }

  /** To be put in place; of very many files it is empty at first. */
  grow(torrent: LibraryTorrent): Branch {
    const { name, files } = torrent
    const fileCount = files.length
    if (fileCount <= FILES_AT_ONCE) {
      return { name, fileCount, tree: runAtOnce(treeOf(torrent, this.#options)) }
    }
    const branch = { name, fileCount, tree: TorrentTree.empty(torrent, this.#options.known) }
    void this.#growing.run(() => this.#growInSlices(torrent, branch))
    return branch
  }

  /** @param branch - `null` for a torrent that is gone. */
  put({ infoHash }: LibraryTorrent, branch: Branch | null): void {
    if (branch === null) this.#branches.delete(infoHash)
    else this.#branches.set(infoHash, branch)
  }

  /** What still grows is told to nobody. */
  close(): void {
    this.#branches.clear()
  }

  /** In place of `branch`, unless something else is there by then. */
  async #growInSlices(torrent: LibraryTorrent, branch: Branch): Promise<void> {
    const isWanted = (): boolean => this.#branches.get(torrent.infoHash) === branch
    await nextTurn()
    if (!isWanted()) return
    const tree = await runInSlices(treeOf(torrent, this.#options))
    if (isWanted()) this.#options.onGrown(torrent, { ...branch, tree })
  }
}

/** Files never change under one info hash, except from none to all when metadata arrives. */
function isOf(branch: Branch, { name, files }: LibraryTorrent): boolean {
  return branch.name === name && branch.fileCount === files.length
}
