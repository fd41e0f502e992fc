import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Renderer } from '../api/renderer-types.ts'
import { clockTime } from '../logic/times.ts'
import { renderersAt } from '../state/live.ts'
import { tell } from '../state/remote.ts'
import { t } from '../text/text.ts'

/** Of a key, by how long a film is at least; both in seconds. */
const STEPS = [
  [1_200, 10],
  [300, 5],
] as const
/** What is chosen is told when it has stayed so long; milliseconds. */
const SETTLE_MS = 300

/** Where the film is, which runs on between two events, and where somebody wants it. */
export function SeekBar({ renderer }: { renderer: Renderer }): JSX.Element | null {
  const { state, position_s: position, duration_s: duration } = renderer.playback
  const [wanted, setWanted] = useState<number | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const now = useClock(state === 'playing')
  if (position === null || duration === null || duration <= 0) return null
  const since = state === 'playing' ? Math.max(0, now - renderersAt.value) / 1000 : 0
  const place = wanted ?? Math.min(position + since, duration)
  const step = STEPS.find(([from]) => duration >= from)?.[1] ?? 1
  // A key that is held down tells the TV where it ends, not each place on the way.
  const seek = (to: number): void => {
    setWanted(to)
    clearTimeout(timer.current)
    const own = setTimeout(async () => {
      await tell(renderer, 'seek', { position: to })
      if (timer.current === own) setWanted(null)
    }, SETTLE_MS)
    timer.current = own
  }
  return (
    <div class="bar-seek">
      <span>{clockTime(place)}</span>
      <input
        type="range"
        min={0}
        max={Math.floor(duration)}
        step={step}
        value={Math.floor(place)}
        aria-label={t('now.seek', { name: renderer.name })}
        aria-valuetext={clockTime(place)}
        onInput={({ currentTarget }) => setWanted(Number(currentTarget.value))}
        onChange={({ currentTarget }) => seek(Number(currentTarget.value))}
      />
      <span>{clockTime(duration)}</span>
    </div>
  )
}

/** The page's clock in milliseconds, which moves once a second while something plays. */
function useClock(isRunning: boolean): number {
  const [now, setNow] = useState(() => performance.now())
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(() => setNow(performance.now()), 1_000)
    return () => clearInterval(timer)
  }, [isRunning])
  return Math.max(now, renderersAt.value)
}
