import type { ComponentChildren, JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { visibleRange } from '../logic/visible-range.ts'

export interface VirtualListProps {
  readonly label: string
  readonly count: number
  /** Of every row, in pixels. */
  readonly rowHeight: number
  readonly renderRow: (index: number) => ComponentChildren
  /** Stays the same for the same row wherever it is. */
  readonly keyOf?: (index: number) => string | number
}

/** A list of any length, of which only the rows near the window are in the document. */
export function VirtualList(props: VirtualListProps): JSX.Element {
  const { label, count, rowHeight, renderRow, keyOf } = props
  const list = useRef<HTMLUListElement>(null)
  const { first, end } = useWindowRange(list, { rowHeight, rowCount: count })
  const rows: JSX.Element[] = []
  for (let index = first; index < Math.min(end, count); index++) {
    rows.push(
      <li
        key={keyOf?.(index) ?? index}
        class="virtual-row"
        aria-setsize={count}
        aria-posinset={index + 1}
        style={{ transform: `translateY(${index * rowHeight}px)`, height: `${rowHeight}px` }}
      >
        {renderRow(index)}
      </li>,
    )
  }
  return (
    <ul ref={list} class="virtual" aria-label={label} style={{ height: `${count * rowHeight}px` }}>
      {rows}
    </ul>
  )
}

interface Rows {
  readonly rowHeight: number
  readonly rowCount: number
}

/** The rows near the window, followed while it scrolls and changes its size. */
export function useWindowRange(
  list: { readonly current: HTMLElement | null },
  { rowHeight, rowCount }: Rows,
): { readonly first: number; readonly end: number } {
  const [range, setRange] = useState({ first: 0, end: 20 })
  useLayoutEffect(() => {
    let frame = 0
    const measure = (): void => {
      frame = 0
      const { top = 0 } = list.current?.getBoundingClientRect() ?? {}
      const next = visibleRange({ top, windowHeight: innerHeight, rowHeight, rowCount })
      setRange((known) => (known.first === next.first && known.end === next.end ? known : next))
    }
    const later = (): void => {
      if (frame === 0) frame = requestAnimationFrame(measure)
    }
    measure()
    addEventListener('scroll', later, { passive: true })
    addEventListener('resize', later)
    const above = new ResizeObserver(later)
    above.observe(document.body)
    return () => {
      cancelAnimationFrame(frame)
      removeEventListener('scroll', later)
      removeEventListener('resize', later)
      above.disconnect()
    }
  }, [list, rowHeight, rowCount])
  return range
}
