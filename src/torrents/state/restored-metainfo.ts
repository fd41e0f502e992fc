import type { AtomicFile } from '../../atomic-file.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import { type Metainfo, readMetainfo } from '../metainfo/metainfo.ts'
import { TorrentError } from '../torrent-error.ts'
import type { TorrentRecord } from './session-record.ts'

/** `null` and no failure stands for a magnet that is still to be resolved. */
export interface RestoredMetainfo {
  readonly metainfo: Metainfo | null
  readonly failure: unknown
}

/** The metainfo of an earlier run, or why it is of no use. Never rejects. */
export async function restoreMetainfo(
  state: { torrentFile(infoHash: InfoHash): AtomicFile },
  { infoHash }: Pick<TorrentRecord, 'infoHash'>,
): Promise<RestoredMetainfo> {
  try {
    const bytes = await state.torrentFile(infoHash).read()
    if (bytes === null) return { metainfo: null, failure: null }
    const metainfo = await readMetainfo(bytes)
    if (metainfo.infoHash === infoHash) return { metainfo, failure: null }
    throw new TorrentError('invalid-torrent', 'the torrent file that was saved is another one')
  } catch (failure) {
    return { metainfo: null, failure }
  }
}
