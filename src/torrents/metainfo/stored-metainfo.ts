import { readFileSync } from 'node:fs'
import type { PieceLayout } from '../pieces/piece-layout.ts'
import type { InfoHash } from './info-hash.ts'
import type { Metainfo } from './metainfo.ts'
import type { TorrentFile } from './torrent-file.ts'

/** Where a part of the torrent file lies; `end` exclusive. */
interface Span {
  readonly start: number
  readonly end: number
}

/**
 * A torrent file that lies on the disk: its bytes, which may be a hundred times as many as all else,
 * are read when they are asked for. Reading them throws the system's error.
 */
export class StoredMetainfo implements Metainfo {
  readonly infoHash: InfoHash
  readonly name: string
  readonly isFolder: boolean
  readonly layout: PieceLayout
  readonly files: readonly TorrentFile[]
  readonly trackers: readonly string[]
  readonly webSeeds: readonly string[]
  readonly isPrivate: boolean
  readonly #path: string
  readonly #info: Span
  readonly #pieces: Span

  /** @param path - Of the torrent file, whose bytes are those of `metainfo`. */
  constructor(metainfo: Metainfo, path: string) {
    this.infoHash = metainfo.infoHash
    this.name = metainfo.name
    this.isFolder = metainfo.isFolder
    this.layout = metainfo.layout
    this.files = metainfo.files
    this.trackers = metainfo.trackers
    this.webSeeds = metainfo.webSeeds
    this.isPrivate = metainfo.isPrivate
    this.#path = path
    this.#info = spanOf(metainfo.infoBytes, metainfo.torrentFile)
    this.#pieces = spanOf(metainfo.pieceHashes, metainfo.torrentFile)
  }

  get length(): number {
    return this.layout.length
  }

  get pieceLength(): number {
    return this.layout.pieceLength
  }

  get pieceCount(): number {
    return this.layout.pieceCount
  }

  get torrentFile(): Uint8Array {
    return readFileSync(this.#path)
  }

  get infoBytes(): Uint8Array {
    return this.torrentFile.subarray(this.#info.start, this.#info.end)
  }

  get pieceHashes(): Uint8Array {
    return this.torrentFile.subarray(this.#pieces.start, this.#pieces.end)
  }
}

function spanOf(part: Uint8Array, whole: Uint8Array): Span {
  const start = part.byteOffset - whole.byteOffset
  return { start, end: start + part.length }
}
