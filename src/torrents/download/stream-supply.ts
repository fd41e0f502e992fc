import type { Bitfield } from '../pieces/bitfield.ts'
import { BLOCK_LENGTH } from '../pieces/block.ts'
import type { BlockProvenance, Viewer } from '../pieces/block-provenance.ts'
import type { PieceLayout } from '../pieces/piece-layout.ts'
import type { Available, FileStream, StreamSource } from '../streams/file-stream.ts'
import type { TorrentStreams } from '../streams/torrent-streams.ts'
import type { Downloader } from './downloader.ts'
import type { BlockStore } from './ports.ts'

export interface StreamSupplyOptions {
  readonly layout: PieceLayout
  readonly have: Bitfield
  readonly streams: TorrentStreams
  /** Told which pieces are read, both ends inclusive. */
  readonly lastUse: { mark(first: number, last: number): void }
  readonly store: Pick<BlockStore, 'hasBlock' | 'unverifiedBytes'>
  readonly provenance: Pick<BlockProvenance, 'mayBeShown'>
  readonly downloader: Pick<Downloader, 'windowsChanged'>
  /** True where the byte at `offset` of the torrent was verified once, although its piece is not here. */
  readonly isKept: (piece: number, offset: number) => boolean
  /** Reads stored bytes; fewer where a file has been cut short. */
  readonly read: (offset: number, target: Uint8Array) => Promise<number>
}

/** What the streams of a torrent are given, from the disk and from what is arriving. */
export class StreamSupply implements StreamSource {
  readonly #options: StreamSupplyOptions

  constructor(options: StreamSupplyOptions) {
    this.#options = options
  }

  available(stream: FileStream, offset: number, limit: number): Available {
    const { layout, have, isKept, lastUse } = this.#options
    const piece = layout.pieceAt(offset)
    if (have.has(piece)) {
      let last = piece
      while (layout.endOf(last) < offset + limit && have.has(last + 1)) last++
      lastUse.mark(piece, last)
      return { kind: 'stored', length: layout.endOf(last) - offset, unverifiedPiece: null }
    }
    if (isKept(piece, offset)) {
      const length = Math.min(layout.endOf(piece) - offset, limit)
      return { kind: 'stored', length, unverifiedPiece: null }
    }
    return this.#unverified(piece, offset - layout.startOf(piece), stream)
  }

  read(offset: number, target: Uint8Array): Promise<number> {
    return this.#options.read(offset, target)
  }

  changed(stream: FileStream, change: Parameters<StreamSource['changed']>[1]): void {
    const { streams, have, downloader } = this.#options
    if (change === 'opened') streams.add(stream)
    else if (change === 'closed') streams.remove(stream)
    else if (change === 'sought') streams.sought(stream)
    else if (change === 'moved') streams.wasRead(stream)
    if (have.isFull) return
    downloader.windowsChanged({ isUrgent: change !== 'moved' && change !== 'waiting' })
  }

  /** Bytes of a piece that is not verified, from `within` it on, as far as the viewer may see them. */
  #unverified(piece: number, within: number, viewer: Viewer): Available {
    const { layout, provenance, store } = this.#options
    const block = Math.floor(within / BLOCK_LENGTH)
    const start = block * BLOCK_LENGTH
    if (!store.hasBlock(piece, start)) return { kind: 'missing' }
    if (!provenance.mayBeShown(piece, block, viewer)) return { kind: 'missing' }
    const data = store.unverifiedBytes(piece, within)
    if (data !== null) return { kind: 'memory', data, unverifiedPiece: piece }
    const length = start + layout.blockLength(piece, block) - within
    return { kind: 'stored', length, unverifiedPiece: piece }
  }
}
