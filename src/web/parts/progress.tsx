import type { JSX } from 'preact'
import { percent } from '../text/text.ts'

export interface ProgressProps {
  readonly label: string
  /** From 0 to 1; `null` where nobody knows how long it takes. */
  readonly share: number | null
  readonly kind?: 'done' | 'paused' | 'failed' | 'active'
}

export function Progress({ label, share, kind = 'active' }: ProgressProps): JSX.Element {
  const known = share === null ? {} : { 'aria-valuenow': Math.floor(share * 100) }
  return (
    <div
      class={`progress ${kind} ${share === null ? 'unknown' : ''}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={share === null ? undefined : percent(share)}
      {...known}
    >
      <div style={share === null ? {} : { transform: `scaleX(${Math.min(share, 1)})` }} />
    </div>
  )
}
