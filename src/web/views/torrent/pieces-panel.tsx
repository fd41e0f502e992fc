import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { request } from '../../api/request.ts'
import type { TorrentItem } from '../../api/torrent-types.ts'
import { PieceMap } from '../../parts/piece-map.tsx'
import { WhenLoaded } from '../../parts/when-loaded.tsx'
import { streams } from '../../state/live.ts'
import { useLoaded } from '../../state/use-loaded.ts'

interface Haves {
  readonly bits: Uint8Array
  readonly pieces: number
}

/** Which pieces are there, and what is being watched of them. */
export function PiecesPanel({ item }: { item: TorrentItem }): JSX.Element {
  const { progress_bytes: progress, state } = item.stats
  const { loaded } = useLoaded(() => loadHaves(item), {
    key: String(item.id),
    tick: `${progress} ${state}`,
  })
  const running = streams.value
  const windows = useMemo(
    () =>
      (running ?? []).flatMap(({ id, torrent_id: torrent, window }) =>
        torrent === item.id && window !== null
          ? [{ id, first: window.first_piece, last: window.last_piece }]
          : [],
      ),
    [running, item.id],
  )
  return (
    <WhenLoaded loaded={loaded}>{(haves) => <PieceMap {...haves} windows={windows} />}</WhenLoaded>
  )
}

async function loadHaves({ id, total_pieces: total }: TorrentItem): Promise<Haves> {
  const response = await request(`torrents/${id}/haves`, { accept: 'application/octet-stream' })
  const bits = new Uint8Array(await response.arrayBuffer())
  const counted = Number(response.headers.get('x-bitfield-len'))
  return { bits, pieces: counted || total || bits.length * 8 }
}
