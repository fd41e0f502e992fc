import type { TorrentFile } from '../metainfo/torrent-file.ts'
import type { ByteRange } from '../pieces/byte-range.ts'
import { FileStream, type StreamPriority, type StreamSource } from '../streams/file-stream.ts'
import { WakingSource } from '../streams/waking-source.ts'
import { TorrentError } from '../torrent-error.ts'
import { type FetchedAhead, fetchedAhead, type MissingReason } from './fetched-ahead.ts'
import { hasStored, hasWhole, missingBytes } from './holdings.ts'
import type { StreamOptions } from './streamable-file.ts'
import type { TorrentHost } from './torrent-host.ts'
import type { TorrentLife } from './torrent-life.ts'

/** Opens a stream on a file. Throws as `requireStreamable` does, or the signal's reason. */
export function openStream(
  life: TorrentLife,
  host: Pick<TorrentHost, 'reviewTurns'>,
  { fileIndex, ...options }: StreamOptions & { readonly fileIndex: number },
): FileStream {
  const { start = 0, verifiedOnly = false, priority = 'viewer', end, signal, lookAhead } = options
  requireStreamable(life, fileIndex, start)
  const file = readableFile(life, fileIndex)
  const opened = { start, verifiedOnly, priority, end, signal, lookAhead }
  const { content } = life
  const stream =
    content === null
      ? new FileStream(new WakingSource(() => supplyOf(life, host, priority)), {
          ...opened,
          fileOffset: file.offset,
          length: file.length,
        })
      : content.reading.open(file, opened)
  if (content !== null && priority === 'viewer') beWatched(life, host)
  return stream
}

/**
 * Throws what `openStream` would, and opens nothing: TorrentError `resolving`, `unknown-file`, or
 * `unavailable` where the torrent is stopped and the first byte asked for is not on the disk.
 */
export function requireStreamable(life: TorrentLife, fileIndex: number, start: number): void {
  const file = readableFile(life, fileIndex)
  const { holdings } = life
  const fault = holdings?.fileFaults.get(file.index)
  if (fault !== undefined) throw new TorrentError('unavailable', `file ${file.index}: ${fault}`)
  const { state } = life
  // Files that were not looked at yet are looked at first.
  if (state.kind === 'live' || state.kind === 'initializing') return
  if (holdings !== null && hasStored(holdings, file, start)) return
  const reason =
    state.kind === 'error'
      ? `the torrent has failed: ${state.message}`
      : `the torrent is ${state.kind} and lacks what was asked for`
  throw new TorrentError('unavailable', reason)
}

/** Throws TorrentError `unknown-file` for what has no bytes of its own, or `resolving`. */
export function readableFile({ state, metadata }: TorrentLife, index: number): TorrentFile {
  if (state.kind === 'resolving') {
    throw new TorrentError('resolving', 'the metadata of this torrent is still being resolved')
  }
  if (metadata.metainfo === null) {
    throw new TorrentError('unavailable', 'the metadata of this torrent is not known')
  }
  const file = metadata.metainfo.files[index]
  if (file === undefined || file.padding || file.symlink !== null) {
    throw new TorrentError('unknown-file', `the torrent has no file ${index}`)
  }
  return file
}

/** Fetches ranges of a file ahead of need, until the returned function is called. */
export function prefetchRanges(
  life: TorrentLife,
  fileIndex: number,
  ranges: readonly ByteRange[],
): () => void {
  const file = readableFile(life, fileIndex)
  if (life.content !== null) return life.content.reading.prefetch(file, ranges)
  // A torrent that waits for its turn is woken by whoever watches it.
  let release = (): void => {}
  let isReleased = false
  const begin = async (): Promise<void> => {
    const content = await life.wake()
    if (!isReleased) release = content.reading.prefetch(file, ranges)
  }
  if (life.wish === 'download') void begin().catch(() => {})
  return () => {
    isReleased = true
    release()
  }
}

/** Whether every byte of a file is on the disk, and verified. */
export function isWhole(life: TorrentLife, fileIndex: number): boolean {
  const file = readableFile(life, fileIndex)
  return life.holdings !== null && hasWhole(life.holdings, file)
}

/** Bytes of all pieces that a range of a file lies in and that are not on the disk. */
export function missingIn(life: TorrentLife, fileIndex: number, range: ByteRange): number {
  const file = readableFile(life, fileIndex)
  const { metainfo } = life.metadata
  return metainfo === null ? 0 : missingBytes(metainfo, life.holdings, file, range)
}

/** Why the byte at `position` of a file is not here yet. */
export function whyMissing(life: TorrentLife, fileIndex: number, position: number): MissingReason {
  const file = readableFile(life, fileIndex)
  const { kind } = life.state
  if (kind === 'paused') return 'paused'
  if (kind === 'error' || life.content === null) return 'disk'
  const { downloader, metainfo } = life.content
  const last = Math.max(0, file.length - 1)
  const piece = metainfo.layout.pieceAt(file.offset + Math.min(position, last))
  if (downloader.isDiskBehind) return 'disk'
  return downloader.peers.holderCount(piece) === 0 ? 'no_peer_has_it' : 'peers_slow'
}

/** What is fetched for a stream at `position` of a file, and what of it is here. */
export function aheadOf(life: TorrentLife, fileIndex: number, position: number): FetchedAhead {
  return fetchedAhead(life.content, readableFile(life, fileIndex), position)
}

async function supplyOf(
  life: TorrentLife,
  host: Pick<TorrentHost, 'reviewTurns'>,
  priority: StreamPriority,
): Promise<StreamSource> {
  const { reading } = await life.wake()
  // Not before the stream is among those that count.
  if (priority === 'viewer') queueMicrotask(() => beWatched(life, host))
  return reading.supply
}

/** Whoever is streamed is at work, whatever waits before it. */
function beWatched(life: TorrentLife, host: Pick<TorrentHost, 'reviewTurns'>): void {
  if (!life.turn.hasTurn && life.wish !== null) host.reviewTurns('now')
}
