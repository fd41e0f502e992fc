import type { JSX } from 'preact'
import type { StreamInfo } from '../api/server-types.ts'
import { durationText } from '../logic/quantities.ts'
import { routeHash } from '../logic/routes.ts'
import { epochMs } from '../logic/times.ts'
import { Heading } from '../parts/heading.tsx'
import { Icon } from '../parts/icon.tsx'
import { Progress } from '../parts/progress.tsx'
import { RateGraph } from '../parts/rate-graph.tsx'
import { sessionRates, speeds, streams } from '../state/live.ts'
import { ago, bytes, rate, t } from '../text/text.ts'

/** Who watches what, and how well it goes. */
export function StreamsView(): JSX.Element {
  const running = streams.value
  return (
    <>
      <Heading title={t('nav.streams')} />
      {speeds.value !== null && <RateGraph history={sessionRates()} tick={speeds.value} />}
      {running === null && <p class="empty">{t('missing')}</p>}
      {running?.length === 0 && <p class="empty">{t('streams.none')}</p>}
      <ul class="cards">
        {(running ?? []).map((stream) => (
          <li key={stream.id} class="card">
            <StreamCard stream={stream} />
          </li>
        ))}
      </ul>
    </>
  )
}

function StreamCard({ stream }: { stream: StreamInfo }): JSX.Element {
  const { file_name: file, torrent_name: torrent, length, position, stalls, client } = stream
  const who = [client?.address, client?.user_agent].filter(Boolean).join(' · ')
  return (
    <>
      <p class="break">
        <strong>{file}</strong>
      </p>
      <p class="muted break">
        <a href={routeHash({ kind: 'torrent', id: String(stream.torrent_id) })}>
          {torrent ?? stream.info_hash}
        </a>
      </p>
      <p class="break">{t('streams.who', { who: who || t('streams.somebody') })}</p>
      <Progress
        label={t('streams.position', { file })}
        share={length > 0 ? position / length : 0}
      />
      <p class="muted">
        {[
          t('of', { part: bytes(position), whole: bytes(length) }),
          t('streams.ahead', { size: bytes(stream.buffered_ahead_bytes) }),
          rate(stream.speed_bps),
          t('streams.since', { ago: ago(epochMs(stream.started_at)) }),
        ].join(' · ')}
      </p>
      {stalls.count > 0 && (
        <p class="muted">
          {t('streams.stalls', {
            count: stalls.count,
            time: durationText(stalls.total_ms / 1000),
          })}
        </p>
      )}
      {stalls.current !== null && (
        <p class="problem">
          <Icon name="warning" size={18} /> {t(`stall.${stalls.current.reason}`)}
        </p>
      )}
    </>
  )
}
