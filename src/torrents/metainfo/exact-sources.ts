import type { Logger } from '../../log.ts'
import { withoutLogin } from '../../without-login.ts'
import type { InfoHash } from './info-hash.ts'
import { type Metainfo, readMetainfo } from './metainfo.ts'

/** A magnet is a stranger's: each of its URLs makes us ask somebody. */
const MOST_SOURCES = 4

/** Downloads a torrent file. Where `mayUsePrivate` is false, only from public addresses. */
export type FetchTorrent = (
  url: string,
  options: { readonly mayUsePrivate: boolean; readonly signal: AbortSignal },
) => Promise<Uint8Array>

export interface ExactSourcesOptions {
  readonly urls: readonly string[]
  readonly infoHash: InfoHash
  readonly fetchTorrent: FetchTorrent
  readonly signal: AbortSignal
  readonly log: Logger
}

/**
 * Asks the places where a magnet says its torrent file lies (`xs` and `as`), one after another.
 * `null` where none has the right one. What goes wrong is logged: peers are asked meanwhile.
 */
export async function askExactSources(options: ExactSourcesOptions): Promise<Metainfo | null> {
  const { urls, infoHash, fetchTorrent, signal, log } = options
  for (const url of urls.slice(0, MOST_SOURCES)) {
    if (signal.aborted) return null
    try {
      const metainfo = await readMetainfo(await fetchTorrent(url, { mayUsePrivate: false, signal }))
      if (metainfo.infoHash === infoHash) return metainfo
      log.debug(
        { url: withoutLogin(url), infoHash: metainfo.infoHash },
        'exact source has another torrent',
      )
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.debug({ url: withoutLogin(url), reason }, 'exact source is of no use')
    }
  }
  return null
}
