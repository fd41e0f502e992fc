import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { getJson } from '../../api/request.ts'
import type { Peer, TorrentItem } from '../../api/torrent-types.ts'
import { type PeerRow, peerRows } from '../../logic/peer-rows.ts'
import { WhenLoaded } from '../../parts/when-loaded.tsx'
import { useLoaded } from '../../state/use-loaded.ts'
import { bytes, percent, rate, t } from '../../text/text.ts'

/** Who we exchange pieces with. */
export function PeersPanel({ item }: { item: TorrentItem }): JSX.Element {
  const before = useRef<readonly PeerRow[]>([])
  const { loaded } = useLoaded(
    async () => {
      const { peers } = await getJson<{ peers: Record<string, Peer> }>(
        `torrents/${item.id}/peer_stats`,
      )
      before.current = peerRows(peers, before.current, performance.now())
      return before.current
    },
    { key: String(item.id), tick: item },
  )
  const failure = item.stats.live ? undefined : t('peers.stopped')
  return (
    <WhenLoaded loaded={loaded} failure={failure}>
      {(rows) =>
        rows.length === 0 ? (
          <p class="empty">{t('peers.none')}</p>
        ) : (
          <>
            <PeerTable rows={rows} />
            <p class="hint">{t('peers.legend')}</p>
          </>
        )
      }
    </WhenLoaded>
  )
}

/** More are connected to no torrent. */
const MAX_ROWS = 200

function PeerTable({ rows }: { rows: readonly PeerRow[] }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard
    <section class="table-scroll" tabIndex={0} aria-label={t('torrent.peers')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('peers.address')}</th>
            <th scope="col">{t('peers.client')}</th>
            <th scope="col">{t('peers.flags')}</th>
            <th scope="col">{t('peers.done')}</th>
            <th scope="col">{t('peers.down')}</th>
            <th scope="col">{t('peers.up')}</th>
            <th scope="col">{t('peers.fetched')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MAX_ROWS).map((row) => (
            <tr key={row.address}>
              <th scope="row">{row.address}</th>
              <td>{row.client ?? '–'}</td>
              <td>{row.flags || '–'}</td>
              <td>{row.progress === null ? '–' : percent(row.progress)}</td>
              <td>{rate(row.down)}</td>
              <td>{rate(row.up)}</td>
              <td>{bytes(row.fetched)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
