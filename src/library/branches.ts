import type { Steps } from '../concurrency/steps.ts'
import type { Logger } from '../log.ts'
import type { WhatIsKnown } from './file-resource.ts'
import type { LibraryTorrent } from './library-source.ts'
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
export type Grown = ReadonlyMap<LibraryTorrent, Branch>

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
  const grown = new Map<LibraryTorrent, Branch>()
  for (const torrent of torrents) {
    const { name, files } = torrent
    if (files.length > FILES_AT_ONCE) continue
    grown.set(torrent, { name, fileCount: files.length, tree: yield* treeOf(torrent, growing) })
    yield
  }
  return grown
}
