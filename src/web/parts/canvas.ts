export interface FittedCanvas {
  readonly context: CanvasRenderingContext2D
  /** In CSS pixels, which are what is drawn in. */
  readonly width: number
  readonly height: number
}

/** Gives a canvas as many dots as the screen has where it stands. */
export function fitCanvas(canvas: HTMLCanvasElement | null): FittedCanvas | null {
  const context = canvas?.getContext('2d') ?? null
  if (canvas === null || context === null) return null
  const { clientWidth: width, clientHeight: height } = canvas
  const ratio = devicePixelRatio
  const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== columns) canvas.width = columns
  if (canvas.height !== rows) canvas.height = rows
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  return { context, width, height }
}

/** A colour of the style sheet, as it is in the theme that is shown. */
export function colorOf(property: string): string {
  const probe = document.documentElement
  return getComputedStyle(probe).getPropertyValue(property).trim() || '#888'
}
