import type { FileSet } from '../metainfo/file-set.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { TorrentError } from '../torrent-error.ts'
import type { TorrentMetadata } from './torrent-metadata.ts'
import type { OpenedContent } from './wakefulness.ts'
import { checkSelection } from './wanted-torrent.ts'

/**
 * Opens a torrent's files while its metadata is being saved, as a viewer waits for both. Rejects where
 * one of the two fails, and leaves nothing open then; with TorrentError `unknown-file` where `onlyFiles`
 * names files that there are not.
 */
export async function openKept(
  metadata: TorrentMetadata,
  { mayRest, onlyFiles }: { readonly mayRest: boolean; readonly onlyFiles: FileSet | null },
  open: (metainfo: Metainfo) => Promise<OpenedContent>,
): Promise<OpenedContent> {
  // What rests has no bytes of the torrent file in memory.
  if (mayRest) await metadata.keep()
  const { metainfo } = metadata
  if (metainfo === null) throw new TorrentError('resolving', 'the metadata is not known')
  checkSelection(metainfo, onlyFiles)
  const [keeping, opening] = await Promise.allSettled([metadata.keep(), open(metainfo)])
  if (opening.status === 'rejected') throw opening.reason
  if (keeping.status === 'fulfilled') return opening.value
  if (opening.value.kind === 'awake') {
    await opening.value.content.close(new TorrentError('closed', 'the metadata cannot be kept'))
  }
  throw keeping.reason
}
