import type { TorrentFile } from '../metainfo/torrent-file.ts'
import { LOOK_AHEAD_BYTES } from '../streams/torrent-streams.ts'
import type { TorrentContent } from './torrent-content.ts'

/** Why bytes are not here. `paused`: nobody is asked for them. */
export type MissingReason = 'no_peer_has_it' | 'peers_slow' | 'disk' | 'paused'

/** What is ahead of a stream. Pieces are inclusive, `null` where there is nothing to fetch. */
export interface FetchedAhead {
  readonly firstPiece: number | null
  readonly lastPiece: number | null
  /** Verified bytes from the position on, without a gap. */
  readonly bufferedBytes: number
}

const NOTHING: FetchedAhead = { firstPiece: null, lastPiece: null, bufferedBytes: 0 }

/** `position` is an offset in the file. */
export function fetchedAhead(
  content: TorrentContent | null,
  { offset, length }: TorrentFile,
  position: number,
): FetchedAhead {
  if (content === null || position >= length) return NOTHING
  const { layout } = content.metainfo
  const start = offset + position
  const end = offset + length
  const firstPiece = layout.pieceAt(start)
  const lastPiece = layout.pieceAt(Math.min(start + LOOK_AHEAD_BYTES, end) - 1)
  let here = start
  for (let piece = firstPiece; here < end && content.have.has(piece); piece++) {
    here = layout.endOf(piece)
  }
  return { firstPiece, lastPiece, bufferedBytes: Math.min(here, end) - start }
}
