import { parseInfoHash } from '../../torrents/metainfo/info-hash.ts'
import { ApiError } from './api-error.ts'
import type { SessionPort, TorrentPort } from './session-port.ts'

/**
 * Finds the torrent that a path names by decimal id or info hash. Throws ApiError 400 for what can
 * be neither, 404 where there is none.
 */
export function findTorrent(session: Pick<SessionPort, 'get'>, text: string): TorrentPort {
  const id = parseTorrentId(text)
  const torrent = session.get(String(id))
  if (torrent !== undefined) return torrent
  throw new ApiError(404, `torrent not found ${id}`, {
    kind: 'torrent_not_found',
    code: 'unknown_torrent',
    id,
  })
}

function parseTorrentId(text: string): number | string {
  const infoHash = parseInfoHash(text)
  if (infoHash !== null) return infoHash
  const id = parseIndex(text)
  if (id !== null) return id
  throw new ApiError(
    400,
    `cannot parse \`id\` with value \`${text}\`: expected integer or info hash`,
  )
}

/** Reads the number of a file. Throws ApiError 400. */
export function parseFileIndex(text: string): number {
  const index = parseIndex(text)
  if (index !== null) return index
  throw new ApiError(400, `cannot parse \`file_id\` with value \`${text}\`: expected integer`)
}

function parseIndex(text: string): number | null {
  const index = Number(text)
  return /^\d+$/.test(text) && Number.isSafeInteger(index) ? index : null
}
