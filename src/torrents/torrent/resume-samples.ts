import type { Bitfield } from '../pieces/bitfield.ts'
import type { PieceLayout } from '../pieces/piece-layout.ts'
import type { StoredFile } from '../store/file-layout.ts'

/** Of one torrent; so few are hashed in a moment, however large it is. */
const MOST_FILES = 8
const PIECES_PER_FILE = 2
const MOST_BYTES = 64 * 1024 * 1024
/** Pieces of a file that are looked at before it counts as one of which nothing is here. */
const TRIES = 16

export interface SampledContent {
  readonly layout: PieceLayout
  readonly files: readonly StoredFile[]
  /** Believed without having been hashed in this run. */
  readonly have: Bitfield
  /** From 0 inclusive to 1 exclusive. */
  readonly random: () => number
}

/**
 * A few pieces at random of files that look as they were left: somebody may have changed what is in them
 * without its size or time. Each once.
 */
export function samplePieces({ layout, files, have, random }: SampledContent): readonly number[] {
  if (have.count === 0) return []
  const samples = new Set<number>()
  let bytes = 0
  for (const file of someOf(files, random)) {
    for (const piece of piecesOf(file, { layout, have, random })) {
      if (samples.has(piece)) continue
      if (samples.size > 0 && bytes + layout.lengthOf(piece) > MOST_BYTES) return [...samples]
      samples.add(piece)
      bytes += layout.lengthOf(piece)
    }
  }
  return [...samples]
}

/** Files with bytes. */
function* someOf(files: readonly StoredFile[], random: () => number): Generator<StoredFile> {
  for (let count = 0; count < Math.min(MOST_FILES, files.length); count++) {
    const isFew = files.length <= MOST_FILES
    const file = files[isFew ? count : Math.floor(random() * files.length)]
    if (file !== undefined && file.path !== null && file.length > 0) yield file
  }
}

function* piecesOf(
  file: StoredFile,
  { layout, have, random }: Omit<SampledContent, 'files'>,
): Generator<number> {
  const first = layout.pieceAt(file.offset)
  const last = layout.pieceAt(file.offset + file.length - 1)
  let found = 0
  for (let tried = 0; tried < TRIES && found < PIECES_PER_FILE; tried++) {
    const piece = first + Math.floor(random() * (last - first + 1))
    if (!have.has(piece)) continue
    found++
    yield piece
  }
}
