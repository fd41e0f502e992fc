import { parseInfoHash } from '../metainfo/info-hash.ts'
import { safeComponent } from '../metainfo/safe-path.ts'
import { StoredMetainfo } from '../metainfo/stored-metainfo.ts'
import type { TorrentFile } from '../metainfo/torrent-file.ts'
import { PieceLayout } from '../pieces/piece-layout.ts'
import type { SharedTexts } from './shared-texts.ts'

/** What a file is besides its path and length: a bit for each. */
const PADDING = 1
const EXECUTABLE = 2
const HIDDEN = 4

const PIECE_HASH_BYTES = 20

/** What is known of a torrent file as one line of JSON: an array, beginning with the info hash. */
export function factsLine(
  { infoHash, name, isFolder, isPrivate, pieceLength, trackers, webSeeds, ...rest }: StoredMetainfo,
  mark: readonly [sizeBytes: number, mtimeMs: number],
): string {
  const { info, pieces } = rest.stored
  const spans = [info.start, info.end, pieces.start, pieces.end]
  const files = rest.files.map(({ length, components, symlink, ...file }) => [
    length,
    (file.padding ? PADDING : 0) | (file.executable ? EXECUTABLE : 0) | (file.hidden ? HIDDEN : 0),
    symlink ?? 0,
    ...components,
  ])
  const flags = [Number(isFolder), Number(isPrivate)]
  return JSON.stringify([
    ...[infoHash, mark, name, flags, pieceLength, spans, trackers, webSeeds, files],
  ])
}

/**
 * What a line says of the torrent file at `path`; `null` where it is damaged.
 */
export function readFactsLine(
  line: string,
  path: string,
  shared: SharedTexts,
): StoredMetainfo | null {
  const parts = parseArray(line)
  if (parts?.length !== 9) return null
  const [hash, mark, name, flags, pieceLength, spans, trackers, webSeeds, entries] = parts
  const infoHash = typeof hash === 'string' ? parseInfoHash(hash) : null
  if (infoHash === null || !isSafe(name) || !Array.isArray(entries)) return null
  if (!isNumbers(mark, 2) || !isNumbers(flags, 2) || !isNumbers(spans, 4)) return null
  if (!isCount(pieceLength) || !isTexts(trackers) || !isTexts(webSeeds)) return null
  const files = readFiles(entries)
  const last = files?.at(-1)
  if (files === null || last === undefined || pieceLength === 0) return null
  const layout = new PieceLayout(pieceLength, last.offset + last.length)
  const [infoStart = 0, infoEnd = 0, piecesStart = 0, piecesEnd = 0] = spans
  if (piecesEnd - piecesStart !== layout.pieceCount * PIECE_HASH_BYTES) return null
  const facts = {
    infoHash,
    name,
    layout,
    files,
    isFolder: flags[0] === 1,
    isPrivate: flags[1] === 1,
    trackers: shared.share(trackers),
    webSeeds: shared.share(webSeeds),
  }
  const [size = 0, mtimeMs = 0] = mark
  return new StoredMetainfo(facts, {
    path,
    info: { start: infoStart, end: infoEnd },
    pieces: { start: piecesStart, end: piecesEnd },
    mark: [size, mtimeMs],
  })
}

/** `null` where one of them is damaged, or could lie outside its folder. */
function readFiles(entries: readonly unknown[]): readonly TorrentFile[] | null {
  const files: TorrentFile[] = []
  let offset = 0
  for (const entry of entries) {
    if (!Array.isArray(entry)) return null
    const [length, flags, target] = entry as unknown[]
    // A copy has no room to spare, as what is taken apart has.
    const components = (entry as unknown[]).slice(3)
    const symlink = target === 0 ? null : target
    if (!isCount(length) || !isCount(flags) || !isPath(components)) return null
    if (symlink !== null && !isPath(symlink)) return null
    // One shape for all: a spread would make one for each.
    files.push({
      index: files.length,
      components,
      length,
      offset,
      padding: (flags & PADDING) !== 0,
      symlink,
      executable: (flags & EXECUTABLE) !== 0,
      hidden: (flags & HIDDEN) !== 0,
    })
    offset += length
  }
  return files
}

function parseArray(line: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(line)
    return Array.isArray(value) ? value : null
  } catch {
    // Damaged: the torrent file is read in its place.
    return null
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isNumbers(value: unknown, count: number): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length === count &&
    value.every((number) => typeof number === 'number')
  )
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}

/** A torrent's name or a part of a path as reading a torrent file would leave it. */
function isSafe(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && safeComponent(value) === value
}

function isPath(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every(isSafe)
}
