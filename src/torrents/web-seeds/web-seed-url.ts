import { withoutBrackets } from '../../ip-address.ts'
import type { PeerAddress } from '../../peer-address.ts'
import type { TorrentFile } from '../metainfo/torrent-file.ts'

/** What has to be known of a torrent to find its files on a server. */
export interface SeededTorrent {
  readonly name: string
  readonly isFolder: boolean
}

/** Where a file of the torrent lies on a web seed (BEP 19). */
export function fileUrl(
  seed: string,
  { name, isFolder }: SeededTorrent,
  { components }: Pick<TorrentFile, 'components'>,
): URL {
  const url = new URL(seed)
  const isBase = url.pathname.endsWith('/')
  if (!isFolder && !isBase) return url
  const path = isFolder ? [name, ...components] : [name]
  url.pathname += `${isBase ? '' : '/'}${path.map(encodeURIComponent).join('/')}`
  return url
}

/** The server as a peer; its address may be a name. */
export function serverOf(seed: string): PeerAddress {
  const { hostname, port, protocol } = new URL(seed)
  const usual = protocol === 'https:' ? 443 : 80
  return { address: withoutBrackets(hostname), port: port === '' ? usual : Number(port) }
}

/** For the log: no password, no query. */
export function plainUrl(seed: string): string {
  const { origin, pathname } = new URL(seed)
  return `${origin}${pathname}`
}
