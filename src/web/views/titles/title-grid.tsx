import type { JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Title } from '../../logic/library-titles.ts'
import { VirtualList } from '../../parts/virtual-list.tsx'
import { t } from '../../text/text.ts'
import { TitleCard } from './cards.tsx'

/** Narrowest card, and what lies between two, in pixels. */
const CARD_WIDTH = 132
const GAP = 14
/** Of the two lines under a cover. */
const TEXT_HEIGHT = 62

/** Titles beside and below each other. */
export function TitleGrid({ titles }: { titles: readonly Title[] }): JSX.Element {
  const frame = useRef<HTMLDivElement>(null)
  const whole = useWidth(frame)
  const count = Math.max(2, Math.floor((whole + GAP) / (CARD_WIDTH + GAP)))
  const width = (whole - GAP * (count - 1)) / count
  return (
    <div ref={frame}>
      {whole > 0 && (
        <VirtualList
          label={t('nav.library')}
          count={titles.length}
          rowHeight={Math.round(width * 1.5) + TEXT_HEIGHT}
          columns={{ count, width, gap: GAP }}
          keyOf={(index) => titles[index]?.id ?? index}
          render={(index) => {
            const title = titles[index]
            return title === undefined ? null : <TitleCard title={title} />
          }}
        />
      )}
    </div>
  )
}

function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const { current } = element
    if (current === null) return
    setWidth(current.clientWidth)
    const observer = new ResizeObserver(() => setWidth(current.clientWidth))
    observer.observe(current)
    return () => observer.disconnect()
  }, [element])
  return width
}
