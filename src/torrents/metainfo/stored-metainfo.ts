import { readFileSync } from 'node:fs'
import type { PieceLayout } from '../pieces/piece-layout.ts'
import type { InfoHash } from './info-hash.ts'
import type { Metainfo, TorrentFacts } from './metainfo.ts'
import type { TorrentFile } from './torrent-file.ts'

/** Where a part of the torrent file lies; `end` exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The torrent file itself, and what of it is not known without reading it. */
export interface StoredTorrentFile {
  readonly path: string
  /** The info dictionary. */
  readonly info: Span
  /** The hashes of the pieces. */
  readonly pieces: Span
  /** Size in bytes and time of change in ms when it was read; `null` where they are not known. */
  readonly mark: readonly [sizeBytes: number, mtimeMs: number] | null
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
  readonly stored: StoredTorrentFile

  /** What is read already, from now on without its bytes: those of the file at `path`. */
  static of(
    metainfo: Metainfo,
    path: string,
    mark: StoredTorrentFile['mark'] = null,
  ): StoredMetainfo {
    if (metainfo instanceof StoredMetainfo) return metainfo
    const { infoBytes, pieceHashes, torrentFile } = metainfo
    const info = spanOf(infoBytes, torrentFile)
    const pieces = spanOf(pieceHashes, torrentFile)
    return new StoredMetainfo(metainfo, { path, info, pieces, mark })
  }

  /** @param stored - The torrent file that has these facts. */
  constructor(
    facts: Omit<TorrentFacts, 'length' | 'pieceLength' | 'pieceCount'>,
    stored: StoredTorrentFile,
  ) {
    this.infoHash = facts.infoHash
    this.name = facts.name
    this.isFolder = facts.isFolder
    this.layout = facts.layout
    this.files = facts.files
    this.trackers = facts.trackers
    this.webSeeds = facts.webSeeds
    this.isPrivate = facts.isPrivate
    this.stored = stored
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
    return readFileSync(this.stored.path)
  }

  get infoBytes(): Uint8Array {
    return this.torrentFile.subarray(this.stored.info.start, this.stored.info.end)
  }

  get pieceHashes(): Uint8Array {
    return this.torrentFile.subarray(this.stored.pieces.start, this.stored.pieces.end)
  }
}

function spanOf(part: Uint8Array, whole: Uint8Array): Span {
  const start = part.byteOffset - whole.byteOffset
  return { start, end: start + part.length }
}
