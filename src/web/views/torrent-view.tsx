import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { getJson } from '../api/request.ts'
import type { TorrentDetails, TorrentItem } from '../api/torrent-types.ts'
import { durationText } from '../logic/quantities.ts'
import { routeHash } from '../logic/routes.ts'
import { shareOf, statusOf } from '../logic/torrent-status.ts'
import { Heading } from '../parts/heading.tsx'
import { ProbingBar } from '../parts/probing-bar.tsx'
import { Progress } from '../parts/progress.tsx'
import { RateGraph } from '../parts/rate-graph.tsx'
import { type Tab, Tabs } from '../parts/tabs.tsx'
import { go } from '../state/navigation.ts'
import { findTorrent, rateHistoryOf, torrentsKnown } from '../state/torrents.ts'
import { useLoaded } from '../state/use-loaded.ts'
import { bytes, percent, rate, t } from '../text/text.ts'
import { LimitsPanel } from './torrent/limits-panel.tsx'
import { PeersPanel } from './torrent/peers-panel.tsx'
import { PiecesPanel } from './torrent/pieces-panel.tsx'
import { TorrentActions } from './torrent/torrent-actions.tsx'
import { TorrentFiles } from './torrent/torrent-files.tsx'
import { TrackersPanel } from './torrent/trackers-panel.tsx'

const BYTES_PER_MIB = 1024 * 1024

/** One torrent, whole. @param id its id or its info hash */
export function TorrentView({ id }: { id: string }): JSX.Element {
  const item = findTorrent(id)
  if (item === undefined) {
    return (
      <>
        <Heading title={t('nav.torrents')} />
        {torrentsKnown.value ? (
          <p class="empty">
            {t('torrent.unknown')}{' '}
            <a href={routeHash({ kind: 'torrents' })}>{t('torrent.unknown.all')}</a>
          </p>
        ) : (
          <Progress label={t('loading')} share={null} />
        )}
      </>
    )
  }
  return <KnownTorrent item={item} />
}

type Panel = 'files' | 'pieces' | 'peers' | 'trackers' | 'limits'

function KnownTorrent({ item }: { item: TorrentItem }): JSX.Element {
  const [panel, setPanel] = useState<Panel>('files')
  const status = statusOf(item)
  const share = shareOf(item)
  const name = item.name ?? item.info_hash
  const history = rateHistoryOf(item.id)
  // Files are named once; what is selected changes with what is asked for.
  const { loaded, reload } = useLoaded(() => getJson<TorrentDetails>(`torrents/${item.id}`), {
    key: `${item.id} ${status === 'resolving'}`,
    tick: item.stats.total_bytes,
  })
  const details = loaded.kind === 'there' ? loaded.value : null
  const tabs: readonly Tab<Panel>[] = [
    { id: 'files', label: t('torrent.files') },
    { id: 'pieces', label: t('torrent.pieces') },
    { id: 'peers', label: t('torrent.peers') },
    { id: 'trackers', label: t('torrent.trackers') },
    { id: 'limits', label: t('torrent.limits') },
  ]
  return (
    <>
      <Heading title={name} />
      <div class="torrent-status">
        <p>
          <strong>{t(`status.${status}`)}</strong> <span class="muted">{statusLine(item)}</span>
        </p>
        <Progress
          label={t(`status.${status}`)}
          share={share}
          kind={status === 'seeding' ? 'done' : status === 'paused' ? 'paused' : 'active'}
        />
        {item.stats.error !== null && (
          <p class="problem" role="alert">
            {t('torrent.error', { detail: item.stats.error })}
          </p>
        )}
      </div>
      <ProbingBar infoHash={item.info_hash} />
      <TorrentActions item={item} onGone={() => go({ kind: 'torrents' })} />
      {history.peak > 0 && <RateGraph history={history} tick={item} />}
      <Tabs label={name} tabs={tabs} chosen={panel} onChoose={setPanel}>
        {panel === 'files' && <TorrentFiles item={item} details={details} onSelected={reload} />}
        {panel === 'pieces' && <PiecesPanel item={item} />}
        {panel === 'peers' && <PeersPanel item={item} />}
        {panel === 'trackers' && <TrackersPanel item={item} />}
        {panel === 'limits' && <LimitsPanel item={item} details={details} onChanged={reload} />}
      </Tabs>
    </>
  )
}

function statusLine({ stats }: TorrentItem): string {
  const { live, progress_bytes: done, total_bytes: total, uploaded_bytes: uploaded } = stats
  const remaining = live?.time_remaining?.duration.secs
  return [
    total > 0 && `${percent(done / total)}, ${t('of', { part: bytes(done), whole: bytes(total) })}`,
    live !== null && `↓ ${rate(live.download_speed.mbps * BYTES_PER_MIB)}`,
    live !== null && `↑ ${rate(live.upload_speed.mbps * BYTES_PER_MIB)}`,
    remaining !== undefined && !stats.finished && t('left', { time: durationText(remaining) }),
    live !== null && t('peers.count', { count: live.snapshot.peer_stats.live }),
    uploaded > 0 && t('uploaded', { size: bytes(uploaded) }),
  ]
    .filter(Boolean)
    .join(' · ')
}
