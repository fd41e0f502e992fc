import { Worker } from 'node:worker_threads'
import { TorrentError } from '../../torrent-error.ts'
import type { InfoHash } from '../info-hash.ts'
import { MAX_INFO_BYTES, MAX_PIECE_LENGTH_BYTES, MAX_TRACKERS, MAX_WEB_SEEDS } from '../limits.ts'
import { readMetainfo } from '../metainfo.ts'
import { safeComponents } from '../safe-path.ts'
import type { CreationJob, CreationReply } from './creation-protocol.ts'
import { type FileToShare, findFilesToShare } from './files-to-share.ts'

export interface CreateTorrentOptions {
  /** What it is called; as its file or folder is when absent. */
  readonly name?: string | undefined
  /** Announce URLs, the first to be asked first. */
  readonly trackers?: readonly string[] | undefined
  /** Web servers that have it as well (BEP 19), http or https. */
  readonly webSeeds?: readonly string[] | undefined
  /** Bytes: a power of two from 16 KiB to 256 MiB; chosen by the size when absent. */
  readonly pieceLength?: number | undefined
  /** BEP 27: no DHT, PEX or LSD; false when absent. */
  readonly isPrivate?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** Told about ten times a second; both in bytes. */
  readonly onProgress?: ((hashedBytes: number, length: number) => void) | undefined
}

export interface CreatedTorrent {
  readonly torrentFile: Uint8Array
  readonly infoHash: InfoHash
  readonly name: string
  /** With name, trackers and web seeds, without peers. */
  readonly magnet: string
  /** Bytes of all files. */
  readonly length: number
  /** Bytes. */
  readonly pieceLength: number
  readonly fileCount: number
}

const LEAST_PIECE_BYTES = 256 * 1024
const MOST_PIECE_BYTES = 16 * 1024 * 1024
/** Torrent files stay below 40 kB, pieces short enough to play soon. */
const WANTED_PIECES = 1_500
const HASH_BYTES = 20
const BLOCK_BYTES = 16 * 1024

/**
 * Makes a torrent (BEP 3) of a file, or of a folder with all below it but symbolic links and what
 * systems leave behind. Hashing is done in a thread of its own. Rejects with TorrentError
 * `invalid-torrent` where that cannot be shared, or with the signal's reason.
 */
export async function createTorrent(
  path: string,
  options: CreateTorrentOptions = {},
): Promise<CreatedTorrent> {
  const { signal, trackers = [], webSeeds = [], isPrivate = false } = options
  const { onProgress = () => {} } = options
  signal?.throwIfAborted()
  const found = await findFilesToShare(path, signal)
  const length = lengthOf(found.files)
  const pieceLength = options.pieceLength ?? pieceLengthFor(length)
  requirePieceLength(pieceLength, length)
  const torrentName = options.name ?? found.name
  requireName(torrentName)
  requireTrackers(trackers)
  requireWebSeeds(webSeeds)
  const job = { ...found, torrentName, pieceLength, trackers, webSeeds, isPrivate }
  const torrentFile = await runWorker(job, {
    signal,
    onProgress: (hashed) => onProgress(hashed, length),
  })
  const { infoHash, name } = await readMetainfo(torrentFile)
  const magnet = magnetOf({ infoHash, name: torrentName, trackers, webSeeds })
  return { torrentFile, infoHash, name, magnet, length, pieceLength, fileCount: found.files.length }
}

/** A power of two, so that there are about 1,500 pieces, or more where pieces would be too long. */
export function pieceLengthFor(length: number): number {
  let pieceLength = LEAST_PIECE_BYTES
  while (pieceLength < MOST_PIECE_BYTES && length / pieceLength > WANTED_PIECES) pieceLength *= 2
  while ((length / pieceLength) * HASH_BYTES > MAX_INFO_BYTES / 4) pieceLength *= 2
  return pieceLength
}

function lengthOf(files: readonly FileToShare[]): number {
  return files.reduce((sum, file) => sum + file.length, 0)
}

function requirePieceLength(pieceLength: number, length: number): void {
  const isPower = Number.isInteger(Math.log2(pieceLength)) && pieceLength >= BLOCK_BYTES
  if (!isPower || pieceLength > MAX_PIECE_LENGTH_BYTES) {
    throw invalid(
      `a piece length must be a power of two from 16 KiB to 256 MiB, not ${pieceLength}`,
    )
  }
  if ((length / pieceLength) * HASH_BYTES > MAX_INFO_BYTES / 2) {
    throw invalid(`a piece length of ${pieceLength} makes too many pieces`)
  }
}

function requireName(name: string): void {
  if (safeComponents([name])[0] === name) return
  throw invalid(`${JSON.stringify(name)} cannot be the name of a torrent`)
}

function requireTrackers(trackers: readonly string[]): void {
  const wrong = trackers.find((url) => !/^(?:https?|udp):$/.test(protocolOf(url)))
  if (wrong !== undefined) throw invalid(`${wrong} is not the http, https or udp URL of a tracker`)
  if (trackers.length > MAX_TRACKERS) throw invalid(`there are more than ${MAX_TRACKERS} trackers`)
}

function requireWebSeeds(urls: readonly string[]): void {
  const wrong = urls.find((url) => !/^https?:$/.test(protocolOf(url)))
  if (wrong !== undefined) throw invalid(`${wrong} is not the http or https URL of a web seed`)
  if (urls.length > MAX_WEB_SEEDS) throw invalid(`there are more than ${MAX_WEB_SEEDS} web seeds`)
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : ''
}

interface MagnetParts extends Pick<CreationJob, 'trackers' | 'webSeeds'> {
  readonly infoHash: InfoHash
  readonly name: string
}

/** BEP 9; `ws` is what other programs write and read. */
function magnetOf({ infoHash, name, trackers, webSeeds }: MagnetParts): string {
  const parts = [
    `xt=urn:btih:${infoHash}`,
    `dn=${encodeURIComponent(name)}`,
    ...trackers.map((url) => `tr=${encodeURIComponent(url)}`),
    ...webSeeds.map((url) => `ws=${encodeURIComponent(url)}`),
  ]
  return `magnet:?${parts.join('&')}`
}

interface Watching {
  readonly signal: AbortSignal | undefined
  readonly onProgress: (hashedBytes: number) => void
}

function runWorker(job: CreationJob, { signal, onProgress }: Watching): Promise<Uint8Array> {
  const isSource = import.meta.url.endsWith('.ts')
  const entry = isSource ? 'creation-worker-source.mjs' : 'creation-worker.js'
  const worker = new Worker(new URL(`./${entry}`, import.meta.url), { workerData: job })
  const stop = (): void => void worker.terminate()
  signal?.addEventListener('abort', stop, { once: true })
  return new Promise<Uint8Array>((resolve, reject) => {
    worker.on('message', (reply: CreationReply) => {
      switch (reply.kind) {
        case 'progress':
          onProgress(reply.hashedBytes)
          return
        case 'done':
          resolve(reply.torrentFile)
          return
        case 'failed':
          reject(invalid(`cannot make a torrent: ${reply.message}`))
      }
    })
    worker.on('error', (error) => reject(invalid(`cannot make a torrent: ${error}`)))
    worker.on('exit', () => reject(signal?.reason ?? invalid('hashing was broken off')))
  }).finally(() => {
    signal?.removeEventListener('abort', stop)
    stop()
  })
}

function invalid(message: string): TorrentError {
  return new TorrentError('invalid-torrent', message)
}
