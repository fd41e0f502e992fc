import type { Downloader } from '../download/downloader.ts'
import { StreamSupply } from '../download/stream-supply.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { TorrentFile } from '../metainfo/torrent-file.ts'
import type { Bitfield } from '../pieces/bitfield.ts'
import type { BlockProvenance } from '../pieces/block-provenance.ts'
import type { ByteRange } from '../pieces/byte-range.ts'
import { fileAt } from '../store/file-layout.ts'
import type { PieceStore } from '../store/piece-store.ts'
import { FileStream, type FileStreamOptions, type StreamSource } from '../streams/file-stream.ts'
import type { TorrentStreams } from '../streams/torrent-streams.ts'
import type { ContentFiles } from './content-files.ts'
import type { ContentLosses } from './content-losses.ts'
import type { KeptPieces } from './kept-pieces.ts'
import type { LastUse } from './last-use.ts'

export interface ContentReadingParts {
  readonly metainfo: Metainfo
  readonly have: Bitfield
  readonly files: ContentFiles
  readonly kept: KeptPieces
  readonly lastUse: LastUse
  readonly streams: TorrentStreams
  readonly downloader: Downloader
  readonly store: PieceStore
  /** What a viewer may see. */
  readonly provenance: BlockProvenance
  readonly losses: ContentLosses
}

/** Reads an open torrent: for streams, for peers, and ahead of need. What cannot be read is lost. */
export class ContentReading {
  /** What streams are given. */
  readonly supply: StreamSource
  readonly #parts: ContentReadingParts

  constructor(parts: ContentReadingParts) {
    const { metainfo, have, files, kept, lastUse, streams, downloader, store, provenance } = parts
    this.#parts = parts
    this.supply = new StreamSupply({
      ...{ layout: metainfo.layout, have, streams, downloader, store, provenance, lastUse },
      isKept: (piece, offset) => !kept.isEmpty && kept.has(piece, fileAt(files.all, offset)),
      read: (offset, target) => this.#read(offset, target),
    })
  }

  open(file: TorrentFile, options: Omit<FileStreamOptions, 'fileOffset' | 'length'>): FileStream {
    return new FileStream(this.supply, {
      ...options,
      fileOffset: file.offset,
      length: file.length,
    })
  }

  /** Fetches ranges of a file without reading them, until the returned function is called. */
  prefetch(file: TorrentFile, ranges: readonly ByteRange[]): () => void {
    const { streams, downloader } = this.#parts
    const windows = ranges.map(({ start, end }) => ({
      start: file.offset + start,
      end: file.offset + Math.min(end + 1, file.length),
    }))
    const release = streams.prefetch(windows)
    downloader.windowsChanged({ isUrgent: true })
    return () => {
      release()
      downloader.windowsChanged({ isUrgent: true })
    }
  }

  /** Fills `target` with bytes of a verified piece, for a peer. Rejects where they are not here. */
  async readBlock(piece: number, offset: number, target: Uint8Array): Promise<void> {
    const { metainfo, have } = this.#parts
    const { layout } = metainfo
    const isInside = offset + target.length <= layout.lengthOf(piece)
    if (!isInside || !have.has(piece)) throw new Error(`piece ${piece} is not here`)
    const count = await this.#read(layout.startOf(piece) + offset, target)
    if (count < target.length) throw new Error(`piece ${piece} cannot be read`)
  }

  async #read(offset: number, target: Uint8Array): Promise<number> {
    const { store, losses } = this.#parts
    try {
      const count = await store.read(offset, target)
      if (count < target.length) await losses.onMissing(offset + count)
      return count
    } catch (error) {
      await losses.onUnreadable(offset, error)
      throw error
    }
  }
}
