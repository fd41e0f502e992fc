import { createHash } from 'node:crypto'
import { runAtOnce, runInSlices, type Steps } from '../../concurrency/steps.ts'
import { PieceLayout } from '../pieces/piece-layout.ts'
import { TorrentError } from '../torrent-error.ts'
import { BencodeCursor } from './bencode/bencode-cursor.ts'
import { type BencodeFields, readFields } from './bencode/bencode-fields.ts'
import { declaredCharset } from './charset/name-charset.ts'
import { type FileEntry, readFileEntries, singleFileEntry } from './file-entries.ts'
import { type InfoHash, parseInfoHash } from './info-hash.ts'
import { MAX_INFO_BYTES, MAX_PIECE_LENGTH_BYTES, MAX_PIECES } from './limits.ts'
import type { TorrentFile } from './torrent-file.ts'
import { readTorrentFiles } from './torrent-files.ts'
import { readTrackers } from './trackers.ts'
import { unlikeTorrent } from './unlike-a-torrent.ts'
import { readWebSeeds } from './web-seeds.ts'

const PIECE_HASH_BYTES = 20
/** Hashed in a few milliseconds. */
const HASH_STEP_BYTES = 2 * 1024 * 1024

/** What is known of a torrent by its torrent file, without the bytes of it. */
export interface TorrentFacts {
  readonly infoHash: InfoHash
  /** Safe to use as a file or folder name. */
  readonly name: string
  /** True where the files live in a folder called `name`; false for the one-file form. */
  readonly isFolder: boolean
  /** Bytes, pads included. */
  readonly length: number
  readonly pieceLength: number
  readonly pieceCount: number
  readonly layout: PieceLayout
  readonly files: readonly TorrentFile[]
  /** Each once, as they are written; at most 1,000. */
  readonly trackers: readonly string[]
  /** http(s) URLs of BEP 19, each once; at most 100. */
  readonly webSeeds: readonly string[]
  /** BEP 27: no DHT, PEX or LSD. */
  readonly isPrivate: boolean
}

/** A torrent file read and checked (BEP 3, attributes of BEP 47). */
export interface Metainfo extends TorrentFacts {
  /** 20 bytes of SHA-1 for each piece. */
  readonly pieceHashes: Uint8Array
  /** As it was found: nothing is ever encoded again. */
  readonly torrentFile: Uint8Array
  /** The part of `torrentFile` that is the info dictionary: the info hash is the SHA-1 of it. */
  readonly infoBytes: Uint8Array
}

const ROOT_KEYS = new Set(['info', 'announce', 'announce-list', 'encoding', 'codepage', 'url-list'])

const INFO_KEYS = new Set(
  ['name', 'name.utf-8', 'piece length', 'pieces', 'private', 'meta version', 'file tree'].concat([
    'files',
    'length',
    'attr',
  ]),
)

/**
 * Reads a torrent file at once; for small ones. Throws TorrentError `invalid-torrent` naming what
 * is wrong.
 */
export function parseMetainfo(torrentFile: Uint8Array): Metainfo {
  return runAtOnce(metainfoSteps(torrentFile))
}

/** What is known of a torrent already; `null` for one that is not. */
export type KnownMetainfo = (infoHash: InfoHash) => TorrentFacts | null

/**
 * Reads a torrent file of any size without holding up the event loop. Of one that is `known` the files
 * are not read again: a hundred thousand take seconds, and memory twice.
 * Rejects with TorrentError `invalid-torrent` naming what is wrong.
 */
export function readMetainfo(torrentFile: Uint8Array, known?: KnownMetainfo): Promise<Metainfo> {
  return runInSlices(metainfoSteps(torrentFile, known))
}

/** `parseMetainfo` for an info dictionary alone, as peers send it (BEP 9). It has no trackers. */
export function parseInfo(infoBytes: Uint8Array): Metainfo {
  return runAtOnce(infoSteps(infoBytes))
}

/** `readMetainfo` for an info dictionary alone. */
export function readInfo(infoBytes: Uint8Array): Promise<Metainfo> {
  return runInSlices(infoSteps(infoBytes))
}

function* infoSteps(infoBytes: Uint8Array): Steps<Metainfo> {
  const metainfo = yield* metainfoSteps(torrentFileOf(infoBytes))
  if (metainfo.infoBytes.length === infoBytes.length) return metainfo
  throw invalid('the metadata has something behind the info dictionary')
}

/** A torrent file around the bytes of an info dictionary, which stay as they are. */
function torrentFileOf(infoBytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from('d4:info'), infoBytes, Buffer.from('e')])
}

function* metainfoSteps(torrentFile: Uint8Array, known?: KnownMetainfo): Steps<Metainfo> {
  const root = yield* readRoot(torrentFile)
  const span = root.span('info')
  const infoCursor = root.dictionary('info')
  if (span === null || infoCursor === null) {
    throw invalid('the torrent file has no info dictionary')
  }
  const infoBytes = torrentFile.subarray(span.start, span.end)
  if (infoBytes.length > MAX_INFO_BYTES) {
    throw invalid(`the info dictionary has ${infoBytes.length} bytes`)
  }
  const infoHash = yield* hash(infoBytes)
  const info = yield* readFields(infoCursor, INFO_KEYS)
  const pieceHashes = readPieceHashes(info)
  const same = known?.(infoHash) ?? null
  if (same !== null) {
    const trackers = yield* readTrackers(root)
    const webSeeds = yield* readWebSeeds(root)
    return { ...factsOf(same), trackers, webSeeds, pieceHashes, torrentFile, infoBytes }
  }
  const pieceLength = readPieceLength(info)
  const { name, files } = yield* readTorrentFiles({
    bytes: torrentFile,
    info,
    entries: yield* readEntries(info),
    charset: readCharset(root),
  })
  const layout = new PieceLayout(pieceLength, totalLength(files))
  const { length, pieceCount } = layout
  const hashCount = pieceHashes.length / PIECE_HASH_BYTES
  if (hashCount !== pieceCount) {
    throw invalid(`${hashCount} piece hashes do not cover ${length} bytes`)
  }
  return {
    infoHash,
    name,
    isFolder: info.list('files') !== null,
    length,
    pieceLength,
    pieceCount,
    layout,
    pieceHashes,
    files,
    trackers: yield* readTrackers(root),
    webSeeds: yield* readWebSeeds(root),
    isPrivate: Boolean(info.integer('private')),
    torrentFile,
    infoBytes,
  }
}

/** The facts alone; what else the object has is left behind. */
export function factsOf(metainfo: TorrentFacts): TorrentFacts {
  const { infoHash, name, isFolder, length, pieceLength, pieceCount } = metainfo
  const { layout, files, trackers, webSeeds, isPrivate } = metainfo
  return {
    ...{ infoHash, name, isFolder, length, pieceLength, pieceCount },
    ...{ layout, files, trackers, webSeeds, isPrivate },
  }
}

/** All of the torrent file is bencode once this has returned. */
function* readRoot(torrentFile: Uint8Array): Steps<BencodeFields> {
  const other = unlikeTorrent(torrentFile)
  try {
    const cursor = new BencodeCursor(torrentFile)
    if (cursor.kind() === 'dictionary') return yield* readFields(cursor, ROOT_KEYS)
    yield* cursor.skip()
  } catch (error) {
    const cause = error instanceof Error ? error : new Error(String(error))
    if (other !== null) throw invalid(`this is ${other}, not a torrent file`, { cause })
    throw invalid(`the torrent file is malformed: ${cause.message}`, { cause })
  }
  throw invalid('the torrent file is not a bencoded dictionary')
}

function readPieceLength(info: BencodeFields): number {
  const pieceLength = info.integer('piece length')
  if (typeof pieceLength === 'number' && pieceLength > 0) {
    if (pieceLength <= MAX_PIECE_LENGTH_BYTES) return pieceLength
  }
  throw invalid(`the piece length is ${pieceLength ?? 'missing'}`)
}

function readPieceHashes(info: BencodeFields): Uint8Array {
  const hashes = info.string('pieces')
  if (hashes === null) {
    const isVersion2 = info.has('file tree') || info.has('meta version')
    if (isVersion2) throw invalid('BitTorrent v2 alone is not supported')
    throw invalid('the torrent has no piece hashes')
  }
  if (hashes.length === 0 || hashes.length % PIECE_HASH_BYTES !== 0) {
    throw invalid(`${hashes.length} bytes cannot be SHA-1 piece hashes`)
  }
  if (hashes.length > MAX_PIECES * PIECE_HASH_BYTES) {
    throw invalid(`the torrent has more than ${MAX_PIECES} pieces`)
  }
  return hashes
}

function* readEntries(info: BencodeFields): Steps<readonly FileEntry[]> {
  const list = info.list('files')
  return list === null ? [singleFileEntry(info)] : yield* readFileEntries(list)
}

function readCharset(root: BencodeFields): string | null {
  const encoding = root.string('encoding')
  const codepage = root.integer('codepage')
  return declaredCharset(
    encoding === null ? null : Buffer.from(encoding.subarray(0, 64)).toString('latin1'),
    typeof codepage === 'number' ? codepage : null,
  )
}

function totalLength(files: readonly TorrentFile[]): number {
  const last = files.at(-1)
  const length = last === undefined ? 0 : last.offset + last.length
  if (!Number.isSafeInteger(length)) throw invalid(`the files have ${length} bytes together`)
  return length
}

function* hash(infoBytes: Uint8Array): Steps<InfoHash> {
  const sha1 = createHash('sha1')
  for (let start = 0; start < infoBytes.length; start += HASH_STEP_BYTES) {
    sha1.update(infoBytes.subarray(start, start + HASH_STEP_BYTES))
    yield
  }
  const infoHash = parseInfoHash(sha1.digest('hex'))
  if (infoHash === null) throw invalid('the info dictionary cannot be hashed')
  return infoHash
}

function invalid(message: string, options?: ErrorOptions): TorrentError {
  return new TorrentError('invalid-torrent', message, options)
}
