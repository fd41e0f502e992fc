import type { JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Title } from '../../logic/library-titles.ts'
import { useWindowRange } from '../../parts/virtual-list.tsx'
import { t } from '../../text/text.ts'
import { TitleCard } from './cards.tsx'

/** Narrowest card, and what lies between two, in pixels. */
const CARD_WIDTH = 132
const GAP = 14
/** Of the two lines under a cover. */
const TEXT_HEIGHT = 62

/** Titles beside and below each other; only those near the window are in the document. */
export function TitleGrid({ titles }: { titles: readonly Title[] }): JSX.Element {
  const list = useRef<HTMLUListElement>(null)
  const width = useWidth(list)
  const columns = Math.max(2, Math.floor((width + GAP) / (CARD_WIDTH + GAP)))
  const cardWidth = (width - GAP * (columns - 1)) / columns
  const rowHeight = Math.round(cardWidth * 1.5) + TEXT_HEIGHT
  const rowCount = Math.ceil(titles.length / columns)
  const { first, end } = useWindowRange(list, { rowHeight, rowCount })
  const cards: JSX.Element[] = []
  for (let place = first * columns; place < Math.min(end * columns, titles.length); place++) {
    const title = titles[place]
    if (title === undefined) break
    const x = (place % columns) * (cardWidth + GAP)
    const y = Math.floor(place / columns) * rowHeight
    cards.push(
      <li
        key={title.id}
        class="virtual-card"
        aria-setsize={titles.length}
        aria-posinset={place + 1}
        style={{ transform: `translate(${x}px, ${y}px)`, width: `${cardWidth}px` }}
      >
        <TitleCard title={title} />
      </li>,
    )
  }
  const height = `${rowCount * rowHeight}px`
  return (
    <ul ref={list} class="virtual" aria-label={t('nav.library')} style={{ height }}>
      {width > 0 && cards}
    </ul>
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
