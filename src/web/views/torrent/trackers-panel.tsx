import type { JSX } from 'preact'
import { getJson } from '../../api/request.ts'
import type { TorrentItem, Tracker } from '../../api/torrent-types.ts'
import { epochMs } from '../../logic/times.ts'
import { WhenLoaded } from '../../parts/when-loaded.tsx'
import { useLoaded } from '../../state/use-loaded.ts'
import { ago, t } from '../../text/text.ts'

/** Who is asked for peers, and what it said last. */
export function TrackersPanel({ item }: { item: TorrentItem }): JSX.Element {
  const { loaded } = useLoaded(
    () => getJson<{ trackers: Tracker[] }>(`torrents/${item.id}/trackers`),
    { key: String(item.id), tick: item.stats.live?.snapshot.peer_stats.seen },
  )
  return (
    <WhenLoaded loaded={loaded}>{({ trackers }) => <TrackerList trackers={trackers} />}</WhenLoaded>
  )
}

function TrackerList({ trackers }: { trackers: readonly Tracker[] }): JSX.Element {
  if (trackers.length === 0) return <p class="empty">{t('trackers.none')}</p>
  return (
    <ul class="cards">
      {trackers.map((tracker) => (
        <li key={tracker.url} class="card">
          <p class="break">
            <strong>{tracker.url}</strong>
          </p>
          <p>
            <span class={`tag ${tracker.state}`}>{t(`tracker.${tracker.state}`)}</span>{' '}
            {tracker.message !== null && tracker.message !== '' && (
              <span class="break">{tracker.message}</span>
            )}
          </p>
          <p class="muted">
            {[
              tracker.seeders !== null && t('tracker.seeders', { count: tracker.seeders }),
              tracker.leechers !== null && t('tracker.leechers', { count: tracker.leechers }),
              tracker.last_announce !== null &&
                t('tracker.last', { ago: ago(epochMs(tracker.last_announce)) }),
              tracker.next_announce !== null &&
                t('tracker.next', { ago: ago(epochMs(tracker.next_announce)) }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </li>
      ))}
    </ul>
  )
}
