import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { cellOf, cellShares, countPieces } from '../logic/piece-cells.ts'
import { t } from '../text/text.ts'
import { colorOf, type FittedCanvas, fitCanvas } from './canvas.ts'

export interface PieceWindow {
  readonly id: string | number
  /** Inclusive at both ends. */
  readonly first: number
  readonly last: number
}

export interface PieceMapProps {
  /** A bit for each piece. */
  readonly bits: Uint8Array
  readonly pieces: number
  /** What running streams fetch ahead. */
  readonly windows: readonly PieceWindow[]
}

/** Of the smallest cell and the largest, with the line between two, in pixels. */
const CELL = { least: 9, most: 24 }
const GAP = 1

/** Every piece as a small square; where there are too many, several share one. */
export function PieceMap({ bits, pieces, windows }: PieceMapProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const redraw = (): void => draw(canvas.current, { bits, pieces, windows })
    redraw()
    addEventListener('resize', redraw)
    return () => removeEventListener('resize', redraw)
  }, [bits, pieces, windows])
  const there = countPieces(bits, pieces)
  return (
    <figure class="pieces">
      <canvas ref={canvas} role="img" aria-label={t('pieces.label', { there, count: pieces })} />
      <figcaption>
        <span>{t('pieces.there', { there, count: pieces })}</span>
        {windows.length > 0 && (
          <span class="key window">{t('pieces.windows', { count: windows.length })}</span>
        )}
      </figcaption>
    </figure>
  )
}

/** Of the map, in pixels: no higher than what all pieces need. */
const MAX_HEIGHT = 260

function draw(canvas: HTMLCanvasElement | null, { bits, pieces, windows }: PieceMapProps): void {
  if (canvas === null) return
  const columns = Math.max(1, Math.floor(canvas.clientWidth / CELL.most))
  const height = Math.ceil(pieces / columns) * CELL.most
  canvas.style.height = `${Math.min(MAX_HEIGHT, Math.max(height, CELL.most))}px`
  const fitted = fitCanvas(canvas)
  if (fitted === null || pieces === 0) return
  const { context, width } = fitted
  const grid = gridFor(pieces, width, fitted.height)
  const { cells, size } = grid
  context.clearRect(0, 0, width, fitted.height)
  drawShares(fitted, cellShares(bits, pieces, cells), grid)
  context.strokeStyle = colorOf('--window')
  context.lineWidth = 2
  for (const { first, last } of windows) {
    const [from, to] = [cellOf(first, pieces, cells), cellOf(last, pieces, cells)]
    for (let cell = from; cell <= to; cell++) {
      const [x, y] = cornerOf(cell, grid)
      context.strokeRect(x + 1, y + 1, size - GAP - 2, size - GAP - 2)
    }
  }
}

function drawShares({ context }: FittedCanvas, shares: Float32Array, grid: Grid): void {
  const side = grid.size - GAP
  const [missing, there] = [colorOf('--piece-missing'), colorOf('--piece-there')]
  for (const [cell, share] of shares.entries()) {
    const [x, y] = cornerOf(cell, grid)
    context.globalAlpha = 1
    context.fillStyle = missing
    context.fillRect(x, y, side, side)
    if (share === 0) continue
    context.globalAlpha = share === 1 ? 1 : 0.25 + share / 2
    context.fillStyle = there
    context.fillRect(x, y, side, side)
  }
  context.globalAlpha = 1
}

interface Grid {
  readonly cells: number
  readonly columns: number
  /** Of a cell, in pixels. */
  readonly size: number
}

/** Cells as large as all pieces have room for. */
function gridFor(pieces: number, width: number, height: number): Grid {
  let size = CELL.most
  const room = (): number => Math.floor(width / size) * Math.floor(height / size)
  while (size > CELL.least && room() < pieces) size--
  const columns = Math.max(1, Math.floor(width / size))
  return { cells: Math.max(1, Math.min(pieces, room())), columns, size }
}

function cornerOf(cell: number, { columns, size }: Grid): readonly [number, number] {
  return [(cell % columns) * size, Math.floor(cell / columns) * size]
}
