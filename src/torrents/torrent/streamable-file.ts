import type { TorrentFile } from '../metainfo/torrent-file.ts'
import type { ByteRange } from '../pieces/byte-range.ts'
import type { FileStream, StreamPriority } from '../streams/file-stream.ts'

/** How a file is to be read; both ends are inclusive, in bytes of the file. */
export interface StreamOptions {
  /** Where reading begins; 0 when absent. */
  readonly start?: number | undefined
  /** The last byte that is read; the last of the file when absent. */
  readonly end?: number | undefined
  /** Ends the stream with its reason. */
  readonly signal?: AbortSignal | undefined
  /** `viewer` when absent; a `probe` comes after those who watch. */
  readonly priority?: StreamPriority | undefined
  /** Never shows what has not been hashed; false when absent. */
  readonly verifiedOnly?: boolean | undefined
  /** Bytes that are fetched ahead of the position; 32 MiB when absent, 0 waits for what others fetch. */
  readonly lookAhead?: number | undefined
}

/** What a file needs of its torrent. */
export interface FileOwner {
  stream(fileIndex: number, options?: StreamOptions): FileStream
  prefetch(fileIndex: number, ranges: readonly ByteRange[]): () => void
}

/** A file of a torrent, and the way to its bytes. A torrent may have 200,000: each holds two fields. */
export class StreamableFile implements TorrentFile {
  readonly #owner: FileOwner
  readonly #file: TorrentFile

  constructor(owner: FileOwner, file: TorrentFile) {
    this.#owner = owner
    this.#file = file
  }

  get index(): number {
    return this.#file.index
  }

  get components(): readonly string[] {
    return this.#file.components
  }

  get length(): number {
    return this.#file.length
  }

  get offset(): number {
    return this.#file.offset
  }

  get padding(): boolean {
    return this.#file.padding
  }

  get symlink(): TorrentFile['symlink'] {
    return this.#file.symlink
  }

  get executable(): boolean {
    return this.#file.executable
  }

  get hidden(): boolean {
    return this.#file.hidden
  }

  /** Opens it for reading. Throws as `Torrent.stream` does. */
  stream(options?: StreamOptions): FileStream {
    return this.#owner.stream(this.index, options)
  }

  /** Fetches ranges ahead of need, until the returned function is called. */
  prefetch(ranges: readonly ByteRange[]): () => void {
    return this.#owner.prefetch(this.index, ranges)
  }
}
