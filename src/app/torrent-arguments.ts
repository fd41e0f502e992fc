import { COMMANDS } from '../config/commands.ts'
import { ConfigError } from '../config/config-error.ts'
import { nearestWord } from '../config/nearest-word.ts'
import type { Logger } from '../log.ts'
import { systemReason } from '../system-reason.ts'
import { readMetainfo } from '../torrents/metainfo/metainfo.ts'
import { readTorrentSource } from '../torrents/metainfo/named-source.ts'
import type { TorrentSource } from '../torrents/metainfo/torrent-source.ts'
import type { Session } from '../torrents/surface/surface.ts'
import { TorrentError } from '../torrents/torrent-error.ts'
import { withoutLogin } from '../without-login.ts'

/** A torrent of the command line, with the text that named it. */
export interface TorrentArgument {
  readonly text: string
  readonly source: TorrentSource
}

/**
 * Magnets, URLs, info hashes, and paths of .torrent files, which are read and checked here. Throws
 * ConfigError for the first one that is unreadable or invalid; a URL is not fetched yet.
 */
export async function readTorrentArguments(
  texts: readonly string[],
): Promise<readonly TorrentArgument[]> {
  const torrents: TorrentArgument[] = []
  for (const text of texts) torrents.push({ text, source: await readTorrentArgument(text) })
  return torrents
}

async function readTorrentArgument(text: string): Promise<TorrentSource> {
  try {
    const source = await readTorrentSource(text)
    if (source.kind === 'torrent-file') await readMetainfo(source.bytes)
    return source
  } catch (error) {
    const named = JSON.stringify(withoutLogin(text))
    throw new ConfigError(`cannot use torrent ${named}: ${systemReason(error)}${adviceOn(text)}`, {
      cause: error,
    })
  }
}

/** Where somebody may have meant a command. */
function adviceOn(text: string): string {
  const meant = nearestWord(
    text,
    COMMANDS.map(({ name }) => name),
  )
  return meant === null ? '' : `; is it "tributary ${meant}"?`
}

/**
 * Adds them in order, adopting files that exist. What fails is logged, because the server is worth
 * running without it. A torrent that the session has already
 * takes what is new.
 */
export async function addTorrentArguments(
  session: Session,
  torrents: readonly TorrentArgument[],
  peers: readonly string[],
  log: Logger,
): Promise<void> {
  for (const { text, source } of torrents) {
    try {
      const { torrent, isNew } = await session.add(source, { initialPeers: peers, overwrite: true })
      log.info({ torrent: torrent.name ?? torrent.infoHash, isNew }, 'torrent added')
    } catch (error) {
      if (error instanceof TorrentError && error.kind === 'closed') return
      log.error({ err: error, torrent: withoutLogin(text) }, 'torrent not added')
    }
  }
}
