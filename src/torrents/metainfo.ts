import { createHash } from 'node:crypto'
import { type InfoHash, parseInfoHash } from './info-hash.ts'
import { decodeBencode, encodeBencode } from './safe-bencode.ts'
import { distinctPaths, safeComponents } from './safe-path.ts'
import { TorrentError } from './torrent-error.ts'
import type { TorrentFile } from './torrent-file.ts'

const PIECE_HASH_BYTES = 20
const MAX_PIECE_LENGTH = 256 * 1024 * 1024
/** No file system takes paths that are much deeper. */
const MAX_PATH_COMPONENTS = 128

/** A torrent file read and checked (BEP 3, attributes of BEP 47). */
export interface Metainfo {
  readonly infoHash: InfoHash
  /** Safe to use as a file or folder name. */
  readonly name: string
  /** True where the files live in a folder called `name`; false for the one-file form. */
  readonly isFolder: boolean
  /** Bytes, pads included. */
  readonly length: number
  readonly pieceLength: number
  readonly pieceCount: number
  /** 20 bytes of SHA-1 for each piece. */
  readonly pieceHashes: Uint8Array
  readonly files: readonly TorrentFile[]
  readonly trackers: readonly string[]
  /** BEP 27: no DHT, PEX or LSD. */
  readonly isPrivate: boolean
  readonly torrentFile: Uint8Array
  /** The info dictionary, bencoded: what the info hash is the SHA-1 of. */
  readonly infoBytes: Uint8Array
}

/**
 * Reads a torrent file of any size, at most 64 MiB, without holding up the event loop.
 * Rejects with TorrentError `invalid-torrent` naming what is wrong.
 */
export async function readMetainfo(torrentFile: Uint8Array): Promise<Metainfo> {
  return parseMetainfo(torrentFile)
}

/** `readMetainfo` for an info dictionary alone, as peers send it (BEP 9). It has no trackers. */
export async function readInfo(infoBytes: Uint8Array): Promise<Metainfo> {
  return parseInfo(infoBytes)
}

/** `parseMetainfo` for an info dictionary alone; `torrentFile` holds its bytes as they are. */
export function parseInfo(infoBytes: Uint8Array): Metainfo {
  return parseMetainfo(Buffer.concat([Buffer.from('d4:info'), infoBytes, Buffer.from('e')]))
}

type Dictionary = Readonly<Record<string, unknown>>

/** Throws TorrentError `invalid-torrent` naming what is wrong. */
export function parseMetainfo(torrentFile: Uint8Array): Metainfo {
  const root = decode(torrentFile)
  const info = root.info
  if (!isDictionary(info)) throw invalid('the torrent file has no info dictionary')
  const name = text(info['name.utf-8'] ?? info.name)
  if (name === null || name === '') throw invalid('the torrent has no name')
  const pieceLength = info['piece length']
  if (!isCount(pieceLength) || pieceLength === 0 || pieceLength > MAX_PIECE_LENGTH) {
    throw invalid(`the piece length is ${String(pieceLength)}`)
  }
  const pieceHashes = readPieceHashes(info)
  const folder = safeComponents([name])[0] ?? '_'
  const files = readFiles(info, folder)
  const length = files.reduce((sum, file) => sum + file.length, 0)
  const pieceCount = pieceHashes.length / PIECE_HASH_BYTES
  if (pieceCount !== Math.ceil(length / pieceLength)) {
    throw invalid(`${pieceCount} piece hashes do not cover ${length} bytes`)
  }
  const infoBytes = encodeBencode(info)
  return {
    infoHash: infoHashOf(infoBytes),
    name: folder,
    isFolder: Array.isArray(info.files),
    length,
    pieceLength,
    pieceCount,
    pieceHashes,
    files,
    trackers: readTrackers(root),
    isPrivate: info.private === 1,
    torrentFile,
    infoBytes,
  }
}

function decode(torrentFile: Uint8Array): Dictionary {
  let root: unknown
  try {
    root = decodeBencode(torrentFile)
  } catch (error) {
    throw invalid('the torrent file is not bencoded', { cause: error })
  }
  if (!isDictionary(root)) throw invalid('the torrent file is not a bencoded dictionary')
  return root
}

function readPieceHashes(info: Dictionary): Uint8Array {
  const hashes = info.pieces
  if (!(hashes instanceof Uint8Array)) {
    if (info['meta version'] === 2) throw invalid('BitTorrent v2 alone is not supported')
    throw invalid('the torrent has no piece hashes')
  }
  if (hashes.length === 0 || hashes.length % PIECE_HASH_BYTES !== 0) {
    throw invalid(`${hashes.length} bytes cannot be SHA-1 piece hashes`)
  }
  return hashes
}

function readFiles(info: Dictionary, name: string): TorrentFile[] {
  const entries = Array.isArray(info.files) ? info.files : [info]
  if (entries.length === 0) throw invalid('the torrent has no files')
  const paths = distinctPaths(
    entries.map((entry: unknown) => (entry === info ? [name] : readPath(entry))),
  )
  let offset = 0
  return entries.map((entry: unknown, index) => {
    if (!isDictionary(entry)) throw invalid(`file ${index} is not a dictionary`)
    const attributes = text(entry.attr) ?? ''
    const length = entry.length ?? (attributes.includes('l') ? 0 : undefined)
    if (!isCount(length)) throw invalid(`file ${index} has length ${String(length)}`)
    // What has bytes is no symlink, whatever it says.
    const isSymlink = attributes.includes('l') && length === 0
    const target = entry['symlink path']
    const file: TorrentFile = {
      index,
      components: paths[index] ?? ['_'],
      length,
      offset,
      padding: attributes.includes('p'),
      symlink: isSymlink ? safeComponents(Array.isArray(target) ? textList(target) : []) : null,
      executable: attributes.includes('x'),
      hidden: attributes.includes('h'),
    }
    offset += length
    return file
  })
}

function readPath(entry: unknown): string[] {
  if (!isDictionary(entry)) throw invalid('a file of the torrent is not a dictionary')
  const path = entry['path.utf-8'] ?? entry.path
  if (!Array.isArray(path)) throw invalid('a file of the torrent has no path')
  if (path.length > MAX_PATH_COMPONENTS) throw invalid(`a path has ${path.length} components`)
  return safeComponents(textList(path))
}

function readTrackers(root: Dictionary): string[] {
  const tiers: unknown[] = Array.isArray(root['announce-list']) ? root['announce-list'] : []
  const listed = tiers.flatMap((tier) => (Array.isArray(tier) ? textList(tier) : []))
  const single = text(root.announce)
  return [...new Set(listed.length > 0 || single === null ? listed : [single])]
}

function infoHashOf(infoBytes: Uint8Array): InfoHash {
  const hash = parseInfoHash(createHash('sha1').update(infoBytes).digest('hex'))
  if (hash === null) throw invalid('the info dictionary cannot be hashed')
  return hash
}

function isDictionary(value: unknown): value is Dictionary {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  )
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function text(value: unknown): string | null {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : null
}

function textList(values: readonly unknown[]): string[] {
  return values.map((value) => text(value)).filter((value) => value !== null)
}

function invalid(message: string, options?: ErrorOptions): TorrentError {
  return new TorrentError('invalid-torrent', message, options)
}
