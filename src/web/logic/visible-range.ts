export interface Scrolled {
  /** Of the list's top edge below the window's, in pixels; negative once it is scrolled past. */
  readonly top: number
  readonly windowHeight: number
  readonly rowHeight: number
  readonly rowCount: number
}

/** Rows that are drawn before and after those that are seen. */
const OVERSCAN = 6

/** The rows to draw: the first, and the one after the last. */
export function visibleRange(scrolled: Scrolled): { first: number; end: number } {
  const { top, windowHeight, rowHeight, rowCount } = scrolled
  const first = Math.floor(-top / rowHeight) - OVERSCAN
  const end = Math.ceil((windowHeight - top) / rowHeight) + OVERSCAN
  const clamped = (row: number): number => Math.max(0, Math.min(row, rowCount))
  return { first: clamped(first), end: clamped(end) }
}
