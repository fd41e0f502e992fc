import type { AtomicFile } from '../../atomic-file.ts'
import type { TorrentFacts } from '../metainfo/metainfo.ts'
import { Bitfield } from '../pieces/bitfield.ts'
import type { StoredFile } from '../store/file-layout.ts'
import { type FileMark, isSameMark, packMarks, unpackMarks } from '../store/file-mark.ts'

/** What is saved of a torrent's files and pieces. */
export interface ResumeData {
  /** MSB first; written when the data it speaks of has reached the disk. */
  readonly pieces: Uint8Array
  /** Each file as it was when its pieces were verified. */
  readonly marks: readonly FileMark[]
  /** Pieces of which only the bytes of some files are believed, with the indices of these files. */
  readonly kept: ReadonlyMap<number, readonly number[]>
  /** Files with another name than the torrent's, with their paths relative to the data folder. */
  readonly names: ReadonlyMap<number, string>
  /** When each piece was last needed, in seconds since 1970; nobody knows when absent. */
  readonly lastUse?: Uint32Array | undefined
}

/** What a start knows without hashing, and what it has to look at. */
export interface ResumedPieces {
  readonly have: Bitfield
  readonly kept: Map<number, readonly number[]>
  /** Pieces whose files have changed since, or are unknown: to be checked. */
  readonly inDoubt: number[]
  readonly lastUse?: Uint32Array | undefined
}

export const NOTHING_SAVED: ResumeData = {
  pieces: new Uint8Array(),
  marks: [],
  kept: new Map(),
  names: new Map(),
}

/** Rejects with the system's error; then what was saved before is still there. */
export async function saveResumeData(file: AtomicFile, data: ResumeData): Promise<void> {
  const { pieces, marks, kept, names, lastUse } = data
  const saved = {
    pieces: Buffer.from(pieces).toString('base64'),
    marks: Buffer.from(packMarks(marks).buffer).toString('base64'),
    kept: [...kept],
    names: [...names],
    lastUse: lastUse === undefined ? undefined : bytesOf(lastUse).toString('base64'),
  }
  await file.write(JSON.stringify(saved))
}

/** `NOTHING_SAVED` where that is so, or where it is damaged: then all is in doubt, and is checked. */
export async function loadResumeData(file: AtomicFile): Promise<ResumeData> {
  try {
    return parseResumeData((await file.read())?.toString() ?? 'null')
  } catch {
    return NOTHING_SAVED
  }
}

/** Throws where it is no JSON; what else is wrong with it is left out. */
export function parseResumeData(text: string): ResumeData {
  const saved: unknown = JSON.parse(text)
  if (typeof saved !== 'object' || saved === null) return NOTHING_SAVED
  const { pieces, marks, kept, names, lastUse } = saved as Readonly<Record<string, unknown>>
  if (typeof pieces !== 'string' || typeof marks !== 'string') return NOTHING_SAVED
  return {
    pieces: Buffer.from(pieces, 'base64'),
    marks: readMarks(marks),
    kept: new Map(entriesOf(kept).filter(isKept)),
    names: new Map(entriesOf(names).filter(isNamed)),
    ...(typeof lastUse === 'string' ? { lastUse: readSeconds(lastUse) } : {}),
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

function readSeconds(text: string): Uint32Array {
  // A copy, because the numbers have to begin at a multiple of four.
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  return new Uint32Array(bytes.buffer, 0, Math.floor(bytes.length / 4))
}

function readMarks(text: string): FileMark[] {
  // A copy, because the numbers have to begin at a multiple of eight.
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  return unpackMarks(new Float64Array(bytes.buffer, 0, Math.floor(bytes.length / 8)))
}

function entriesOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function isKept(entry: unknown): entry is [number, number[]] {
  if (!Array.isArray(entry)) return false
  const [piece, files] = entry
  return Number.isSafeInteger(piece) && Array.isArray(files) && files.every(Number.isSafeInteger)
}

function isNamed(entry: unknown): entry is [number, string] {
  if (!Array.isArray(entry)) return false
  return Number.isSafeInteger(entry[0]) && typeof entry[1] === 'string'
}

/**
 * A piece is believed where all of its files look as they did when it was verified; pieces of
 * files that look different are in doubt; pieces without a byte on the disk are missing. Of a
 * piece that is not believed, the bytes of those files are kept that do look the same.
 */
export function resumePieces(
  saved: ResumeData,
  metainfo: TorrentFacts,
  files: readonly StoredFile[],
  marks: readonly FileMark[],
): ResumedPieces {
  const { layout } = metainfo
  const believed = new Bitfield(metainfo.pieceCount, saved.pieces)
  const all = judgeAll(files, marks, saved.marks)
  // So it is with nearly all, and there may be thousands.
  if (saved.kept.size === 0 && all !== null) {
    const have = all === 'same' ? believed : new Bitfield(metainfo.pieceCount)
    return { have, kept: new Map(), inDoubt: [], lastUse: saved.lastUse }
  }
  const have = new Bitfield(metainfo.pieceCount)
  const kept = new Map<number, readonly number[]>()
  const inDoubt: number[] = []
  let first = 0
  for (let piece = 0; piece < metainfo.pieceCount; piece++) {
    const end = layout.endOf(piece)
    while (endOf(files[first]) <= layout.startOf(piece) && first < files.length - 1) first++
    const { verdict, same } = judge(files, marks, saved.marks, first, end)
    if (verdict === 'same' && believed.has(piece)) have.set(piece)
    if (verdict === 'changed') inDoubt.push(piece)
    if (have.has(piece)) continue
    const known = believed.has(piece) ? same : (saved.kept.get(piece) ?? [])
    const still = known.filter((file) => same.includes(file))
    if (still.length > 0) kept.set(piece, still)
  }
  return { have, kept, inDoubt, lastUse: saved.lastUse }
}

/** What is so of every file that has bytes; `null` where they differ, or any has changed. */
function judgeAll(
  files: readonly StoredFile[],
  now: readonly FileMark[],
  then: readonly FileMark[],
): 'same' | 'missing' | null {
  let all: 'same' | 'missing' | null = null
  let hasPads = false
  for (const [index, file] of files.entries()) {
    if (file.length === 0) continue
    if (file.path === null) {
      hasPads = true
      continue
    }
    const mark = now[index] ?? null
    const isMissing = mark === null || mark[0] === 0
    if (!isMissing && !isSameMark(mark, then[index] ?? null)) return null
    const verdict = isMissing ? 'missing' : 'same'
    if (all !== null && all !== verdict) return null
    all = verdict
  }
  // A piece that is nothing but a pad is never missing.
  return all === 'missing' && hasPads ? null : all
}

interface Judgement {
  readonly verdict: 'same' | 'changed' | 'missing'
  /** Files of the piece that look the same. */
  readonly same: readonly number[]
}

/** Looks at the files from `first` on that begin before `end`. */
function judge(
  files: readonly StoredFile[],
  now: readonly FileMark[],
  then: readonly FileMark[],
  first: number,
  end: number,
): Judgement {
  let verdict: Judgement['verdict'] = 'same'
  const same: number[] = []
  for (let index = first; index < files.length; index++) {
    const file = files[index]
    if (file === undefined || file.offset >= end) break
    if (file.path === null || file.length === 0) continue
    const mark = now[index] ?? null
    if (mark === null || mark[0] === 0) verdict = 'missing'
    else if (isSameMark(mark, then[index] ?? null)) same.push(index)
    else if (verdict === 'same') verdict = 'changed'
  }
  return { verdict, same }
}

function endOf(file: StoredFile | undefined): number {
  return file === undefined ? Number.POSITIVE_INFINITY : file.offset + file.length
}
