import type { JSX } from 'preact'
import { routeHash } from '../logic/routes.ts'
import { Heading } from '../parts/heading.tsx'
import { Icon } from '../parts/icon.tsx'
import { PLACES } from '../parts/navigation.tsx'
import { speeds } from '../state/live.ts'
import { rate, t } from '../text/text.ts'

const BYTES_PER_MIB = 1024 * 1024

/** What has no room in the bar of a phone. */
export function MoreView(): JSX.Element {
  const stats = speeds.value
  return (
    <>
      <Heading title={t('nav.more')} />
      <ul class="choices">
        {PLACES.filter(({ isRare }) => isRare).map(({ to, icon, label }) => (
          <li key={to.kind}>
            <a class="button" href={routeHash(to)}>
              <Icon name={icon} /> {t(label)}
            </a>
          </li>
        ))}
      </ul>
      {stats !== null && (
        <p class="muted">
          ↓ {rate(stats.download_speed.mbps * BYTES_PER_MIB)} · ↑{' '}
          {rate(stats.upload_speed.mbps * BYTES_PER_MIB)}
        </p>
      )}
    </>
  )
}
