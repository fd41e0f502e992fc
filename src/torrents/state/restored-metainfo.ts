import type { AtomicFile } from '../../atomic-file.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import { type Metainfo, readMetainfo } from '../metainfo/metainfo.ts'
import { StoredMetainfo } from '../metainfo/stored-metainfo.ts'
import { TorrentError } from '../torrent-error.ts'
import type { SavedFacts } from './saved-facts.ts'
import type { TorrentRecord } from './session-record.ts'
import { TorrentFileReader } from './torrent-file-reader.ts'

/** `null` and no failure stands for a magnet that is still to be resolved. */
export interface RestoredMetainfo {
  readonly metainfo: Metainfo | null
  readonly failure: unknown
  /** The torrent file had not to be read for it. */
  readonly isSaved: boolean
}

/**
 * The metainfo of an earlier run, or why it is of no use: what `saved` tells, or else the torrent file.
 * Never rejects.
 */
export async function restoreMetainfo(
  state: { torrentFile(infoHash: InfoHash): AtomicFile },
  { infoHash }: Pick<TorrentRecord, 'infoHash'>,
  { reader = new TorrentFileReader(), saved = NOTHING_KNOWN }: RestoreFrom = {},
): Promise<RestoredMetainfo> {
  try {
    const { path } = state.torrentFile(infoHash)
    const known = saved.find(infoHash, path)
    if (known !== null) return { metainfo: known, failure: null, isSaved: true }
    const bytes = reader.read(path)
    if (bytes === null) return { metainfo: null, failure: null, isSaved: false }
    const metainfo = await readMetainfo(bytes)
    if (metainfo.infoHash === infoHash) {
      const stored = StoredMetainfo.of(metainfo, path, reader.mark)
      return { metainfo: stored, failure: null, isSaved: false }
    }
    throw new TorrentError('invalid-torrent', 'the torrent file that was saved is another one')
  } catch (failure) {
    return { metainfo: null, failure, isSaved: false }
  }
}

export interface RestoreFrom {
  readonly reader?: TorrentFileReader
  readonly saved?: Pick<SavedFacts, 'find'>
}

const NOTHING_KNOWN: Pick<SavedFacts, 'find'> = { find: () => null }

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
