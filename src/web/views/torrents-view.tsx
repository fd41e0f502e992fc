import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { serverUrl } from '../api/request.ts'
import type { TorrentItem } from '../api/torrent-types.ts'
import { folded } from '../logic/library-titles.ts'
import { compareNatural } from '../logic/natural-order.ts'
import { routeHash } from '../logic/routes.ts'
import {
  passes,
  STATUS_FILTERS,
  type StatusFilter,
  shareOf,
  statusOf,
} from '../logic/torrent-status.ts'
import { Choice } from '../parts/choice.tsx'
import { Heading } from '../parts/heading.tsx'
import { Icon, IconButton } from '../parts/icon.tsx'
import { NothingYet } from '../parts/nothing-yet.tsx'
import { Progress } from '../parts/progress.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { VirtualList } from '../parts/virtual-list.tsx'
import { changeTorrent } from '../state/torrent-actions.ts'
import { torrentById, torrentIds, torrentsKnown } from '../state/torrents.ts'
import { bytes, percent, rate, t } from '../text/text.ts'

const ROW_HEIGHT = 84
const BYTES_PER_MIB = 1024 * 1024

type Order = 'added' | 'name'
const ORDERS: readonly Order[] = ['added', 'name']

/** Every torrent with what it is doing. */
export function TorrentsView(): JSX.Element {
  const search = useSignal('')
  const filter = useSignal<StatusFilter>('all')
  const order = useSignal<Order>('added')
  const shown = useComputed(() => idsShown(search.value, filter.value, order.value))
  const ids = shown.value
  return (
    <>
      <Heading title={t('nav.torrents')}>
        <a class="button" href={serverUrl('torrents/playlist')}>
          <Icon name="list" size={18} /> {t('torrents.playlist')}
        </a>
      </Heading>
      <div class="filters">
        <SearchField label={t('torrents.search')} text={search} />
        <Choice
          label={t('filter')}
          values={STATUS_FILTERS}
          textOf={(one) => t(`torrents.filter.${one}`)}
          chosen={filter}
        />
        <Choice
          label={t('order')}
          values={ORDERS}
          textOf={(one) => t(one === 'name' ? 'order.title' : 'order.added')}
          chosen={order}
        />
      </div>
      {!torrentsKnown.value && <Progress label={t('loading')} share={null} />}
      {torrentsKnown.value && ids.length === 0 && <Empty />}
      <VirtualList
        label={t('nav.torrents')}
        count={ids.length}
        rowHeight={ROW_HEIGHT}
        keyOf={(index) => ids[index] ?? index}
        render={(index) => <TorrentRow id={ids[index] ?? -1} />}
      />
    </>
  )
}

/** A search and "all" look at no speed, so that they are not redrawn with it. */
function idsShown(search: string, filter: StatusFilter, order: Order): readonly number[] {
  const words = folded(search).split(/\s+/).filter(Boolean)
  const entries = torrentIds.value.flatMap((id) => {
    const torrent = torrentById.get(id)
    const item = filter === 'all' ? torrent?.peek() : torrent?.value
    return item === undefined ? [] : [item]
  })
  const found = entries.filter((item) => {
    const name = words.length === 0 ? '' : folded(item.name ?? item.info_hash)
    return passes(item, filter) && words.every((word) => name.includes(word))
  })
  found.sort((a, b) =>
    order === 'added' ? b.id - a.id : compareNatural(a.name ?? a.info_hash, b.name ?? b.info_hash),
  )
  return found.map(({ id }) => id)
}

function Empty(): JSX.Element {
  if (torrentIds.value.length > 0) return <p class="empty">{t('search.nothing')}</p>
  return <NothingYet text={t('torrents.none')} />
}

function TorrentRow({ id }: { id: number }): JSX.Element | null {
  const item = torrentById.get(id)?.value
  if (item === undefined) return null
  const name = item.name ?? item.info_hash
  const status = statusOf(item)
  const share = shareOf(item)
  const { live, progress_bytes: done, total_bytes: total, error } = item.stats
  const isPaused = status === 'paused' || status === 'error'
  return (
    <div class="torrent-row">
      <a class="torrent-link" href={routeHash({ kind: 'torrent', id: String(id) })}>
        <strong class="one-line">{name}</strong>
        <span class="muted one-line">
          {[
            t(`status.${status}`),
            error,
            share === null || share === 1 ? null : percent(share),
            ...speeds(live),
            total > 0 && share !== null && share < 1
              ? t('of', { part: bytes(done), whole: bytes(total) })
              : total > 0 && bytes(total),
            live !== null && t('peers.count', { count: live.snapshot.peer_stats.live }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </a>
      <IconButton
        icon={isPaused ? 'play' : 'pause'}
        label={t(isPaused ? 'torrent.start' : 'torrent.pause', { name })}
        onClick={() => changeTorrent({ id }, isPaused ? 'start' : 'pause')}
      />
      <Progress label={name} share={share} kind={barKind(status)} />
    </div>
  )
}

/** Those that are any. */
function speeds(live: TorrentItem['stats']['live']): readonly (string | false)[] {
  if (live === null) return []
  const [down, up] = [live.download_speed.mbps, live.upload_speed.mbps]
  return [down > 0 && `↓ ${rate(down * BYTES_PER_MIB)}`, up > 0 && `↑ ${rate(up * BYTES_PER_MIB)}`]
}

function barKind(status: ReturnType<typeof statusOf>): 'done' | 'paused' | 'failed' | 'active' {
  if (status === 'seeding') return 'done'
  if (status === 'paused') return 'paused'
  return status === 'error' ? 'failed' : 'active'
}
