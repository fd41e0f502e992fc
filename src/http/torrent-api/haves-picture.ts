const HAVE = '#22c55e'
const MISSING = '#374151'
/** More stripes than this no screen shows; pieces are put together then. */
const MAX_STRIPES = 10_000

/** A bar that shows which pieces are here; `haves` has one bit for each, MSB first. */
export function havesPicture(haves: Uint8Array, pieceCount: number): string {
  const stripes = stripesOf(haves, pieceCount).map(({ start, end, isHere }) => {
    const x = ((100 * start) / pieceCount).toFixed(4)
    const width = ((100 * (end - start)) / pieceCount).toFixed(4)
    const color = isHere ? HAVE : MISSING
    return `<rect x="${x}%" y="0" width="${width}%" height="100%" fill="${color}" />`
  })
  return [
    '<svg width="100%" height="20" viewBox="0 0 100 100" preserveAspectRatio="none" xmlns="http://www.w3.org/2000/svg">',
    ...stripes,
    '</svg>',
  ].join('')
}

/** Pieces in a row that are all here, or all missing; `end` exclusive. */
interface Stripe {
  readonly start: number
  end: number
  readonly isHere: boolean
}

function stripesOf(haves: Uint8Array, pieceCount: number): Stripe[] {
  const step = Math.ceil(pieceCount / MAX_STRIPES)
  const stripes: Stripe[] = []
  for (let start = 0; start < pieceCount; start += step) {
    const end = Math.min(start + step, pieceCount)
    let isHere = true
    for (let piece = start; piece < end; piece++) isHere &&= hasBit(haves, piece)
    const last = stripes.at(-1)
    if (last?.isHere === isHere) last.end = end
    else stripes.push({ start, end, isHere })
  }
  return stripes
}

function hasBit(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0
}
