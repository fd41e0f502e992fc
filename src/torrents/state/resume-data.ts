import { stat } from 'node:fs/promises'
import { Bitfield } from '../bitfield.ts'
import type { Metainfo } from '../metainfo.ts'
import type { StoredFile } from '../store/file-layout.ts'
import type { AtomicFile } from './atomic-file.ts'

/** Size and time of a file as the disk tells them; `null` where it is not there. */
export type FileMark = readonly [sizeBytes: number, mtimeMs: number] | null

interface Saved {
  readonly pieces: string
  readonly files: readonly FileMark[]
}

/** What a start knows without hashing, and what it has to look at. */
export interface ResumeData {
  readonly have: Bitfield
  /** Pieces whose files have changed since, or are unknown: to be checked. */
  readonly inDoubt: number[]
}

/** The marks of all files, in order. */
export function markFiles(files: readonly StoredFile[]): Promise<FileMark[]> {
  return Promise.all(files.map(({ path }) => (path === null ? null : markFile(path))))
}

async function markFile(path: string): Promise<FileMark> {
  try {
    const { size, mtimeMs } = await stat(path)
    return [size, mtimeMs]
  } catch {
    // Missing, or not to be read: either way nothing of it is known.
    return null
  }
}

/** Written after the data it speaks of has reached the disk. */
export async function saveResumeData(
  file: AtomicFile,
  pieces: Uint8Array,
  marks: readonly FileMark[],
): Promise<void> {
  const saved: Saved = { pieces: Buffer.from(pieces).toString('base64'), files: marks }
  await file.write(JSON.stringify(saved))
}

/**
 * A piece is believed where all of its files look as they did when its bit was saved; pieces of
 * files that look different are in doubt; pieces without a byte on the disk are missing.
 */
export async function loadResumeData(
  file: AtomicFile,
  metainfo: Metainfo,
  files: readonly StoredFile[],
): Promise<ResumeData> {
  const saved = await readSaved(file)
  const marks = await markFiles(files)
  const believed = new Bitfield(metainfo.pieceCount, saved?.pieces)
  const have = new Bitfield(metainfo.pieceCount)
  const inDoubt: number[] = []
  let first = 0
  for (let piece = 0; piece < metainfo.pieceCount; piece++) {
    const start = piece * metainfo.pieceLength
    const end = Math.min(start + metainfo.pieceLength, metainfo.length)
    while (endOf(files[first]) <= start && first < files.length - 1) first++
    const verdict = judge(files, marks, saved?.files ?? [], first, end)
    if (verdict === 'same' && believed.has(piece)) have.set(piece)
    if (verdict === 'changed') inDoubt.push(piece)
  }
  return { have, inDoubt }
}

type Verdict = 'same' | 'changed' | 'missing'

/** Looks at the files from `first` on that begin before `end`. */
function judge(
  files: readonly StoredFile[],
  now: readonly FileMark[],
  then: readonly FileMark[],
  first: number,
  end: number,
): Verdict {
  let verdict: Verdict = 'same'
  for (let index = first; index < files.length; index++) {
    const file = files[index]
    if (file === undefined || file.offset >= end) break
    if (file.path === null || file.length === 0) continue
    const mark = now[index] ?? null
    if (mark === null || mark[0] === 0) return 'missing'
    const before = then[index] ?? null
    if (before === null || before[0] !== mark[0] || before[1] !== mark[1]) verdict = 'changed'
  }
  return verdict
}

function endOf(file: StoredFile | undefined): number {
  return file === undefined ? Number.POSITIVE_INFINITY : file.offset + file.length
}

async function readSaved(
  file: AtomicFile,
): Promise<{ pieces: Uint8Array; files: readonly FileMark[] } | null> {
  try {
    const saved: unknown = JSON.parse((await file.read())?.toString() ?? 'null')
    if (typeof saved !== 'object' || saved === null) return null
    const { pieces, files } = saved as Partial<Saved>
    if (typeof pieces !== 'string' || !Array.isArray(files)) return null
    return { pieces: Buffer.from(pieces, 'base64'), files }
  } catch {
    // Damaged: everything on the disk is in doubt, and gets checked.
    return null
  }
}
