import type { ComponentChildren, JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { visibleRange } from '../logic/visible-range.ts'

export interface VirtualListProps {
  readonly label: string
  readonly count: number
  /** Of every row, in pixels. */
  readonly rowHeight: number
  /** Where several entries stand beside each other. */
  readonly columns?: Columns
  readonly render: (index: number) => ComponentChildren
  /** Stays the same for the same entry wherever it is. */
  readonly keyOf?: (index: number) => string | number
}

export interface Columns {
  readonly count: number
  /** Of each, and what lies between two, in pixels. */
  readonly width: number
  readonly gap: number
}

/** A list of any length, of which only the rows near the window are in the document. */
export function VirtualList(props: VirtualListProps): JSX.Element {
  const { label, count, rowHeight, columns, render, keyOf } = props
  const list = useRef<HTMLUListElement>(null)
  const perRow = columns?.count ?? 1
  const rowCount = Math.ceil(count / perRow)
  const { first, end } = useWindowRange(list, { rowHeight, rowCount })
  const entries: JSX.Element[] = []
  for (let index = first * perRow; index < Math.min(end * perRow, count); index++) {
    entries.push(
      <li
        key={keyOf?.(index) ?? index}
        class="virtual-entry"
        aria-setsize={count}
        aria-posinset={index + 1}
        style={placed(index, rowHeight, columns)}
      >
        {render(index)}
      </li>,
    )
  }
  const height = `${rowCount * rowHeight}px`
  return (
    <ul ref={list} class="virtual" aria-label={label} style={{ height }}>
      {entries}
    </ul>
  )
}

function placed(index: number, rowHeight: number, columns?: Columns): Record<string, string> {
  if (columns === undefined) {
    return {
      transform: `translateY(${index * rowHeight}px)`,
      width: '100%',
      height: `${rowHeight}px`,
    }
  }
  const { count, width, gap } = columns
  const x = (index % count) * (width + gap)
  const y = Math.floor(index / count) * rowHeight
  return { transform: `translate(${x}px, ${y}px)`, width: `${width}px` }
}

interface Rows {
  readonly rowHeight: number
  readonly rowCount: number
}

/** The rows near the window, followed while it scrolls and changes its size. */
function useWindowRange(
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
