import type { ByteRange } from '../../torrents/pieces/byte-range.ts'
import type { TorrentState } from '../../torrents/torrent/torrent-state.ts'
import type { LibraryEvent, LibraryTorrent } from '../files/library-source.ts'

/** What probing needs of a `FileStream`. */
export interface ProbedStream {
  seek(position: number): void
  /** Waits for at least one byte; 0 at the end. Rejects once closed. */
  read(buffer: Uint8Array): Promise<number>
  close(): void
}

/** What probing needs of a `Torrent`. */
export interface ProbedTorrent extends LibraryTorrent {
  readonly state: TorrentState
  isSelected(fileIndex: number): boolean
  /** Bytes that have to be fetched before the range can be read. */
  missingBytes(fileIndex: number, range: ByteRange): number
  /** Reads verified bytes; `lookAhead` 0 fetches nothing by itself. Throws where nothing can be read. */
  stream(
    fileIndex: number,
    options: {
      readonly start: number
      readonly verifiedOnly: true
      readonly priority: 'probe'
      readonly lookAhead: 0
    },
  ): ProbedStream
  /** Fetches ranges behind what viewers wait for, until the returned function is called. */
  prefetch(fileIndex: number, ranges: readonly ByteRange[]): () => void
}

/** Where the torrents come from; `Session` is one. */
export interface ProbedSource {
  readonly torrents: readonly ProbedTorrent[]
  on(event: LibraryEvent, listener: (torrent: ProbedTorrent) => void): unknown
  off(event: LibraryEvent, listener: (torrent: ProbedTorrent) => void): unknown
}

/** Tells whether some viewer waits for bytes now; probing fetches nothing then. */
export interface Starvation {
  isAnyStarving(): boolean
}
