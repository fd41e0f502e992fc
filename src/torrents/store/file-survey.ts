import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { nextTurn } from '../../concurrency/next-turn.ts'
import { errorCode } from '../../error-code.ts'
import { FAULT_CODES } from './file-fault.ts'
import type { FileMark } from './file-mark.ts'
import { FolderChecks } from './folder-checks.ts'

/** Looked at without a break; the writes of all torrents wait that long, a few milliseconds. */
const FILES_PER_TURN = 500
/** Three numbers a file: its size, its time, and the index of its fault or -1. */
const FACTS_PER_FILE = 3

/** What the disk tells of files that nobody has opened. */
export interface Survey {
  /** `null` for a file that is missing or cannot be used. */
  readonly marks: readonly FileMark[]
  /** Codes of what is wrong with files, by index. */
  readonly faults: ReadonlyMap<number, string>
}

/** Looks at all files whose paths are joined by NUL; runs in the disk worker. */
export async function surveyFiles(root: string, paths: string): Promise<Float64Array> {
  const all = paths.split('\0')
  const facts = new Float64Array(all.length * FACTS_PER_FILE)
  const folders = new FolderChecks(root)
  for (const [index, path] of all.entries()) {
    if (index % FILES_PER_TURN === 0 && index > 0) await nextTurn()
    facts.set(factsOf(path, folders), index * FACTS_PER_FILE)
  }
  return facts
}

/** What `surveyFiles` has found, as the thread of the disk sends it. */
export function readSurvey(facts: Float64Array): Survey {
  const marks: FileMark[] = []
  const faults = new Map<number, string>()
  for (let at = 0; at < facts.length; at += FACTS_PER_FILE) {
    const size = facts[at] ?? Number.NaN
    const mtimeMs = facts[at + 1] ?? Number.NaN
    const code = FAULT_CODES[facts[at + 2] ?? -1]
    if (code !== undefined) faults.set(marks.length, code)
    marks.push(Number.isNaN(size) ? null : [size, mtimeMs])
  }
  return { marks, faults }
}

type Facts = readonly [size: number, mtimeMs: number, fault: number]

const MISSING: Facts = [Number.NaN, Number.NaN, -1]

function factsOf(path: string, folders: FolderChecks): Facts {
  if (path === '') return MISSING
  const above = folders.check(dirname(path))
  if (above !== null) return faulty(above)
  try {
    let stats = fs.lstatSync(path)
    if (stats.isSymbolicLink()) {
      const real = realPathOf(path)
      if (real === null) return faulty('ELOOP')
      const behind = folders.check(dirname(real))
      if (behind !== null) return faulty(behind)
      stats = fs.statSync(real)
    }
    if (!stats.isFile()) return faulty(stats.isDirectory() ? 'EISDIR' : 'NOT_A_FILE')
    fs.accessSync(path, fs.constants.R_OK)
    return [stats.size, stats.mtimeMs, -1]
  } catch (error) {
    return faulty(errorCode(error))
  }
}

/** `null` for a link to nowhere. */
function realPathOf(link: string): string | null {
  try {
    return fs.realpathSync.native(link)
  } catch {
    return null
  }
}

/** What is no fault of a file counts as missing; whatever else is wrong shows when it is opened. */
function faulty(code: string): Facts {
  return [Number.NaN, Number.NaN, FAULT_CODES.indexOf(code)]
}
