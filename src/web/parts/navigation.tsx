import type { JSX } from 'preact'
import { type Route, routeHash } from '../logic/routes.ts'
import { libraryState } from '../state/library.ts'
import { connection, speeds } from '../state/live.ts'
import { route } from '../state/navigation.ts'
import type { TextKey } from '../text/en.ts'
import { rate, t } from '../text/text.ts'
import { Icon, type IconName } from './icon.tsx'

interface Place {
  readonly to: Route
  readonly icon: IconName
  readonly label: TextKey
  /** Kept from the bar at the bottom of a phone, where it is found under "More". */
  readonly isRare: boolean
}

export const PLACES: readonly Place[] = [
  { to: { kind: 'library' }, icon: 'library', label: 'nav.library', isRare: false },
  { to: { kind: 'torrents' }, icon: 'torrents', label: 'nav.torrents', isRare: false },
  { to: { kind: 'add', source: null }, icon: 'add', label: 'nav.add', isRare: false },
  { to: { kind: 'streams' }, icon: 'streams', label: 'nav.streams', isRare: false },
  { to: { kind: 'tvs' }, icon: 'tv', label: 'nav.tvs', isRare: true },
  { to: { kind: 'settings' }, icon: 'settings', label: 'nav.settings', isRare: true },
  { to: { kind: 'log' }, icon: 'log', label: 'nav.log', isRare: true },
]

const BYTES_PER_MIB = 1024 * 1024

/** A bar below on a phone, a column at the side elsewhere. */
export function Navigation(): JSX.Element {
  const current = route.value.kind
  const places = PLACES.filter(
    ({ to }) => to.kind !== 'library' || libraryState.value !== 'missing',
  )
  return (
    <nav class="navigation" aria-label={t('nav.label')}>
      <p class="brand">
        <img src="./icon.svg" alt="" width="28" height="28" />
        <span>Tributary</span>
      </p>
      <ul>
        {places.map(({ to, icon, label, isRare }) => (
          <li key={to.kind} class={isRare ? 'rare' : ''}>
            <a href={routeHash(to)} aria-current={isWithin(current, to) ? 'page' : undefined}>
              <Icon name={icon} size={22} />
              <span>{t(label)}</span>
            </a>
          </li>
        ))}
        <li class="phone-only">
          <a
            href={routeHash({ kind: 'more' })}
            aria-current={isUnderMore(current) ? 'page' : undefined}
          >
            <Icon name="more" size={22} />
            <span>{t('nav.more')}</span>
          </a>
        </li>
      </ul>
      <Connection />
    </nav>
  )
}

function isWithin(current: Route['kind'], { kind }: Route): boolean {
  if (kind === 'library') return ['library', 'title', 'play'].includes(current)
  if (kind === 'torrents') return ['torrents', 'torrent'].includes(current)
  return current === kind
}

function isUnderMore(current: Route['kind']): boolean {
  return current === 'more' || PLACES.some(({ to, isRare }) => isRare && to.kind === current)
}

/** How fast everything is together, and whether what is shown is what is. */
function Connection(): JSX.Element {
  const stats = speeds.value
  const state = connection.value
  return (
    <div class="connection">
      {stats !== null && (
        <p class="speeds">
          <span>↓ {rate(stats.download_speed.mbps * BYTES_PER_MIB)}</span>
          <span>↑ {rate(stats.upload_speed.mbps * BYTES_PER_MIB)}</span>
        </p>
      )}
      <p class={`live ${state}`} role="status">
        {state === 'lost' && t('connection.lost')}
        {state === 'unavailable' && t('connection.unavailable')}
      </p>
    </div>
  )
}
