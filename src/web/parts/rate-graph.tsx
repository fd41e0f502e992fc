import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { RateHistory, RateSample } from '../logic/rate-history.ts'
import { rate, t } from '../text/text.ts'
import { colorOf, fitCanvas } from './canvas.ts'

/** What the graph shows, in milliseconds. */
const SPAN_MS = 300_000

export interface RateGraphProps {
  readonly history: RateHistory
  /** Anything that changes when the history does. */
  readonly tick: unknown
}

/** Both speeds of the last five minutes. */
export function RateGraph({ history, tick }: RateGraphProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => draw(canvas.current, history), [history, tick])
  const last = history.samples.at(-1)
  const label = t('graph.label', {
    down: rate(last?.down ?? 0),
    up: rate(last?.up ?? 0),
    peak: rate(history.peak),
  })
  return (
    <figure class={history.peak === 0 ? 'graph still' : 'graph'}>
      <canvas ref={canvas} role="img" aria-label={label} />
      <figcaption>
        <span class="key down">
          {t('graph.down')} {rate(last?.down ?? 0)}
        </span>
        <span class="key up">
          {t('graph.up')} {rate(last?.up ?? 0)}
        </span>
        <span class="muted">{t('graph.peak', { peak: rate(history.peak) })}</span>
      </figcaption>
    </figure>
  )
}

function draw(canvas: HTMLCanvasElement | null, history: RateHistory): void {
  const fitted = fitCanvas(canvas)
  if (fitted === null) return
  const { context, width, height } = fitted
  context.clearRect(0, 0, width, height)
  const peak = Math.max(history.peak, 1)
  const now = performance.now()
  const x = ({ at }: RateSample): number => width - ((now - at) / SPAN_MS) * width
  const y = (value: number): number => height - 2 - (value / peak) * (height - 6)
  for (const direction of ['up', 'down'] as const) {
    context.beginPath()
    for (const sample of history.samples) context.lineTo(x(sample), y(sample[direction]))
    context.strokeStyle = colorOf(direction === 'down' ? '--down' : '--up')
    context.lineWidth = 2
    context.stroke()
  }
}
