import type { Steps } from '../../concurrency/steps.ts'
import type { Logger } from '../../log.ts'
import type { LibraryTorrent } from '../files/library-source.ts'
import type { MediaObject } from '../objects/media-object.ts'
import { byDefault } from '../sorting/object-order.ts'
import { sortedSteps } from '../sorting/sorted-steps.ts'
import type { WhatIsKnown } from './file-resource.ts'
import { TorrentTree } from './torrent-tree.ts'

/** The tree of a torrent of more files is grown between other work, one torrent after another. */
export const FILES_AT_ONCE = 1_000

/** What of the library is one torrent's. */
export interface Branch {
  readonly name: string | null
  readonly fileCount: number
  /** Empty while it grows. */
  readonly tree: TorrentTree
}

/** Grown before anybody looks. */
export interface Grown {
  readonly branches: ReadonlyMap<LibraryTorrent, Branch>
  /** Places of their tops among them in the default order. */
  readonly ranks: ReadonlyMap<MediaObject, number>
}

export const NOTHING_GROWN: Grown = { branches: new Map(), ranks: new Map() }

/** The default order of tops, of which those that are grown are not compared once more. */
export function orderOf({ ranks }: Grown): (a: MediaObject, b: MediaObject) => number {
  return (a, b) => {
    const [place, other] = [ranks.get(a), ranks.get(b)]
    return place === undefined || other === undefined ? byDefault(a, b) : place - other
  }
}

export interface Growing {
  readonly known: WhatIsKnown
  readonly log: Logger
}

/** Grows the tree of one torrent, and says in the log where no TV can show anything of it. */
export function* treeOf(torrent: LibraryTorrent, { known, log }: Growing): Steps<TorrentTree> {
  const tree = yield* TorrentTree.grow(torrent, known, log)
  const { infoHash, name, files } = torrent
  if (tree.top === null && files.length > 0) {
    log.info(
      { infoHash, torrent: name, files: files.length },
      'torrent is not shown on TVs: no video, audio or image file in it',
    )
  }
  return tree
}

/** Of all torrents but those that are so large that they are grown later anyway. */
export function* branchesOf(torrents: readonly LibraryTorrent[], growing: Growing): Steps<Grown> {
  const branches = new Map<LibraryTorrent, Branch>()
  const tops: MediaObject[] = []
  for (const torrent of torrents) {
    const { name, files } = torrent
    if (files.length > FILES_AT_ONCE) continue
    const tree = yield* treeOf(torrent, growing)
    branches.set(torrent, { name, fileCount: files.length, tree })
    if (tree.top !== null) tops.push(tree.top)
    yield
  }
  const sorted = yield* sortedSteps(tops, byDefault)
  return { branches, ranks: new Map(sorted.map((top, place) => [top, place])) }
}
