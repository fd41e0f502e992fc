import type { FileSet } from '../metainfo/file-set.ts'
import type { TorrentFacts } from '../metainfo/metainfo.ts'
import { Selection } from '../metainfo/selection.ts'
import type { TorrentFile } from '../metainfo/torrent-file.ts'
import type { Bitfield } from '../pieces/bitfield.ts'
import type { KeptPieces } from './kept-pieces.ts'

/** What is here of a torrent, whether it is at work or rests. */
export interface Holdings {
  readonly metainfo: TorrentFacts
  /** Absolute. */
  readonly outputFolder: string
  readonly have: Bitfield
  readonly kept: KeptPieces
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

/** A torrent that does nothing: all of it lies on the disk, and this is what has to be known of that. */
export class RestingHoldings implements Holdings {
  readonly metainfo: TorrentFacts
  readonly outputFolder: string
  readonly have: Bitfield
  readonly kept: KeptPieces
  readonly fileFaults: ReadonlyMap<number, string>
  #onlyFiles: FileSet | null
  #selection: Selection | null = null

  constructor(holdings: Omit<Holdings, 'selection' | 'checkedBytes'>, onlyFiles: FileSet | null) {
    this.metainfo = holdings.metainfo
    this.outputFolder = holdings.outputFolder
    this.have = holdings.have
    this.kept = holdings.kept
    this.fileFaults = holdings.fileFaults
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
