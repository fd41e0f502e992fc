import type { JSX } from 'preact'
import { useWork } from './work-button.tsx'

/** Lines on a field of 24 by 24, two wide. */
const PATHS = {
  library: 'M4 5h5v14H4zM11 5h4v14h-4zM17.5 5.8l3 13',
  torrents: 'M12 4v11m-5-5 5 5 5-5M5 20h14',
  add: 'M12 5v14M5 12h14',
  streams: 'M4 12h3l3-7 4 14 3-7h3',
  tv: 'M3 5h18v12H3zM8 21h8',
  settings: 'M4 7h9m5 0h2M4 17h3m5 0h8M15.5 4.5v5M9.5 14.5v5',
  log: 'M5 6h14M5 10h14M5 14h9M5 18h6',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  play: 'M8 5v14l11-7z',
  pause: 'M8 5v14M16 5v14',
  stop: 'M6 6h12v12H6z',
  next: 'M6 5v14l9-7zM18 5v14',
  volume: 'M4 9v6h4l5 4V5L8 9zM16 9c1.5 1.5 1.5 4.500 0 6M18.500 6.500c3 3 3 8 0 11',
  muted: 'M4 9v6h4l5 4V5L8 9zM17 9l5 6m0-6-5 6',
  remove: 'M5 7h14M10 4h4M7 7l1 13h8l1-13M10 11v5M14 11v5',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  download: 'M12 4v10m-4-4 4 4 4-4M5 19h14',
  check: 'M5 12.500l4.500 4.500L19 7',
  recheck: 'M20 12a8 8 0 1 1-2.500-5.800M20 4v5h-5',
  limits: 'M4 18a8 8 0 1 1 16 0M12 18l4-6',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5',
  close: 'M6 6l12 12M18 6 6 18',
  folder: 'M3 6h7l2 2h9v11H3z',
  film: 'M4 5h16v14H4zM8 5v14M16 5v14M4 12h16',
  music:
    'M9 18V6l10-2v12M9 18a2.500 2.500 0 1 1-5 0 2.500 2.500 0 0 1 5 0zM19 16a2.500 2.500 0 1 1-5 0 2.500 2.500 0 0 1 5 0z',
  picture: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  open: 'M9 6l6 6-6 6',
  back: 'M15 6l-6 6 6 6',
  qr: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 20h2',
  cast: 'M3 8V5h18v14h-7M3 12a7 7 0 0 1 7 7M3 16a3 3 0 0 1 3 3',
  list: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
  warning: 'M12 4 2.500 20h19zM12 10v4M12 17h.01',
} as const

export type IconName = keyof typeof PATHS

const FILLED: ReadonlySet<IconName> = new Set(['play', 'stop'])

/** A picture beside words: it says nothing by itself. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg
      class={FILLED.has(name) ? 'icon filled' : 'icon'}
      viewBox="0 0 24 24"
      width={size}
      height={size}
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}

export interface IconButtonProps {
  readonly icon: IconName
  /** Its name, for who does not see it, and shown while it is pointed at. */
  readonly label: string
  /** It is busy until a promise that this gives is settled. */
  readonly onClick: () => unknown
  readonly disabled?: boolean
  readonly pressed?: boolean
  readonly expanded?: boolean
  readonly class?: string
}

export function IconButton(props: IconButtonProps): JSX.Element {
  const { icon, label, onClick, disabled = false, pressed } = props
  const { isBusy, begin } = useWork(onClick)
  return (
    <button
      type="button"
      class={`icon-button ${props.class ?? ''}`}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      aria-expanded={props.expanded}
      disabled={disabled}
      aria-busy={isBusy}
      onClick={begin}
    >
      <Icon name={icon} />
    </button>
  )
}
