import type { AtomicFile } from '../../atomic-file.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import { type Metainfo, readMetainfo } from '../metainfo/metainfo.ts'
import { StoredMetainfo } from '../metainfo/stored-metainfo.ts'
import { TorrentError } from '../torrent-error.ts'
import type { TorrentRecord } from './session-record.ts'
import { TorrentFileReader } from './torrent-file-reader.ts'

/** `null` and no failure stands for a magnet that is still to be resolved. */
export interface RestoredMetainfo {
  readonly metainfo: Metainfo | null
  readonly failure: unknown
}

/**
 * The metainfo of an earlier run, or why it is of no use. Its bytes are valid until `reader` reads again.
 * Never rejects.
 */
export async function restoreMetainfo(
  state: { torrentFile(infoHash: InfoHash): AtomicFile },
  { infoHash }: Pick<TorrentRecord, 'infoHash'>,
  reader = new TorrentFileReader(),
): Promise<RestoredMetainfo> {
  try {
    const bytes = reader.read(state.torrentFile(infoHash).path)
    if (bytes === null) return { metainfo: null, failure: null }
    const metainfo = await readMetainfo(bytes)
    if (metainfo.infoHash === infoHash) return { metainfo, failure: null }
    throw new TorrentError('invalid-torrent', 'the torrent file that was saved is another one')
  } catch (failure) {
    return { metainfo: null, failure }
  }
}

/**
 * The same with all bytes in memory: those of a torrent file that lies on the disk are read. Rejects with
 * TorrentError `invalid-torrent` where it is another one or gone, and with the system's error.
 */
export async function wholeMetainfo(
  state: { torrentFile(infoHash: InfoHash): AtomicFile },
  metainfo: Metainfo,
): Promise<Metainfo> {
  if (!(metainfo instanceof StoredMetainfo)) return metainfo
  const bytes = await state.torrentFile(metainfo.infoHash).read()
  if (bytes === null) throw new TorrentError('invalid-torrent', 'the saved torrent file is gone')
  const whole = await readMetainfo(bytes, (infoHash) =>
    infoHash === metainfo.infoHash ? metainfo : null,
  )
  if (whole.infoHash === metainfo.infoHash) return whole
  throw new TorrentError('invalid-torrent', 'the torrent file that was saved is another one')
}
