import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { TorrentItem } from '../../api/api-types.ts'
import { request } from '../../api/request.ts'
import { PieceMap } from '../../parts/piece-map.tsx'
import { Progress } from '../../parts/progress.tsx'
import { streams } from '../../state/live.ts'
import { reasonOf } from '../../state/notices.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { t } from '../../text/text.ts'

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
  switch (loaded.kind) {
    case 'loading':
      return <Progress label={t('loading')} share={null} />
    case 'missing':
      return <p class="empty">{t('missing')}</p>
    case 'failed':
      return <p class="empty">{reasonOf(loaded.error)}</p>
    case 'there':
      return <PieceMap {...loaded.value} windows={windows} />
  }
}

async function loadHaves({ id, total_pieces: total }: TorrentItem): Promise<Haves> {
  const response = await request(`torrents/${id}/haves`, { accept: 'application/octet-stream' })
  const bits = new Uint8Array(await response.arrayBuffer())
  const counted = Number(response.headers.get('x-bitfield-len'))
  return { bits, pieces: counted || total || bits.length * 8 }
}
