import type { FileSet } from '../metainfo/file-set.ts'
import type { TorrentFacts } from '../metainfo/metainfo.ts'
import { Selection } from '../metainfo/selection.ts'
import type { TorrentFile } from '../metainfo/torrent-file.ts'
import type { Bitfield } from '../pieces/bitfield.ts'
import type { ByteRange } from '../pieces/byte-range.ts'
import type { KeptPieces } from './kept-pieces.ts'
import type { LastUse } from './last-use.ts'

/** What is here of a torrent, whether it is at work or rests. */
export interface Holdings {
  readonly metainfo: TorrentFacts
  /** Absolute. */
  readonly outputFolder: string
  readonly have: Bitfield
  readonly kept: KeptPieces
  readonly lastUse: LastUse
  readonly selection: Selection
  /** Why files cannot be used, by index; all others are not affected. */
  readonly fileFaults: ReadonlyMap<number, string>
  /** Bytes that need no more hashing. */
  readonly checkedBytes: number
}

/** What a torrent would do; `null` for nothing. */
export type Wish = 'download' | 'seed' | null

/** Of one that nothing keeps from its work. */
export function wishOf(holdings: Holdings | null): Wish {
  if (holdings === null) return null
  return holdings.selection.isFinished(holdings.have) ? 'seed' : 'download'
}

/** False where the byte at `start` of the file is not on the disk. */
export function hasStored(
  { metainfo, have, kept }: Pick<Holdings, 'metainfo' | 'have' | 'kept'>,
  file: TorrentFile,
  start: number,
): boolean {
  if (start >= file.length) return true
  const piece = metainfo.layout.pieceAt(file.offset + start)
  return have.has(piece) || kept.has(piece, file.index)
}

/** Whether every byte of a file is on the disk. */
export function hasWhole(holdings: Holdings, file: TorrentFile): boolean {
  const { pieceLength } = holdings.metainfo
  for (let start = 0; start < file.length; ) {
    if (!hasStored(holdings, file, start)) return false
    start = (Math.floor((file.offset + start) / pieceLength) + 1) * pieceLength - file.offset
  }
  return true
}

/** Bytes of the pieces that a range of a file lies in and that are not on the disk. */
export function missingBytes(
  { pieceLength, length }: Pick<TorrentFacts, 'pieceLength' | 'length'>,
  holdings: Holdings | null,
  file: TorrentFile,
  { start, end }: ByteRange,
): number {
  let bytes = 0
  for (let at = start; at <= Math.min(end, file.length - 1); ) {
    const piece = Math.floor((file.offset + at) / pieceLength)
    const next = Math.min((piece + 1) * pieceLength, length)
    if (holdings === null || !hasStored(holdings, file, at)) bytes += next - piece * pieceLength
    at = next - file.offset
  }
  return bytes
}

/** Shared by all torrents whose files can all be used. */
export const NO_FAULTS: ReadonlyMap<number, string> = new Map()

/** A torrent that does nothing: all of it lies on the disk, and this is what has to be known of that. */
export class RestingHoldings implements Holdings {
  readonly metainfo: TorrentFacts
  readonly outputFolder: string
  readonly have: Bitfield
  readonly kept: KeptPieces
  readonly lastUse: LastUse
  readonly fileFaults: ReadonlyMap<number, string>
  #onlyFiles: FileSet | null
  #selection: Selection | null = null

  constructor(holdings: Omit<Holdings, 'selection' | 'checkedBytes'>, onlyFiles: FileSet | null) {
    this.metainfo = holdings.metainfo
    this.outputFolder = holdings.outputFolder
    this.have = holdings.have
    this.kept = holdings.kept
    this.lastUse = holdings.lastUse
    this.fileFaults = holdings.fileFaults.size === 0 ? NO_FAULTS : holdings.fileFaults
    this.#onlyFiles = onlyFiles
  }

  /** Nothing is in doubt: else it would not rest. */
  get checkedBytes(): number {
    return this.metainfo.length
  }

  get selection(): Selection {
    this.#selection ??= new Selection(this.metainfo, this.#onlyFiles)
    return this.#selection
  }

  select(onlyFiles: FileSet | null): void {
    this.#onlyFiles = onlyFiles
    this.#selection = null
  }
}
