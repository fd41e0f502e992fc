/** Pieces as a bit field: the first piece is the highest bit of the first byte (BEP 3). */
export function hasPiece(bits: Uint8Array, piece: number): boolean {
  return (((bits[piece >> 3] ?? 0) >> (7 - (piece & 7))) & 1) === 1
}

/** How much of each cell's pieces is there, from 0 to 1, where `cells` cells share all pieces. */
export function cellShares(bits: Uint8Array, pieces: number, cells: number): Float32Array {
  const shares = new Float32Array(cells)
  for (let cell = 0; cell < cells; cell++) {
    const [first, last] = piecesOfCell(cell, pieces, cells)
    let there = 0
    for (let piece = first; piece <= last; piece++) if (hasPiece(bits, piece)) there++
    shares[cell] = there / (last - first + 1)
  }
  return shares
}

/** First and last piece of a cell, both inclusive. */
function piecesOfCell(cell: number, pieces: number, cells: number): readonly [number, number] {
  const first = Math.floor((cell * pieces) / cells)
  return [first, Math.max(Math.ceil(((cell + 1) * pieces) / cells) - 1, first)]
}

/** The cell that a piece is in. */
export function cellOf(piece: number, pieces: number, cells: number): number {
  return Math.min(Math.floor((piece * cells) / pieces), cells - 1)
}

/** Pieces that are there. */
export function countPieces(bits: Uint8Array, pieces: number): number {
  let count = 0
  for (let piece = 0; piece < pieces; piece++) if (hasPiece(bits, piece)) count++
  return count
}
