import { statSync } from 'node:fs'
import { AtomicFile } from '../../atomic-file.ts'
import { runInSlices, type Steps } from '../../concurrency/steps.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import type { StoredMetainfo } from '../metainfo/stored-metainfo.ts'
import { factsLine, readFactsLine } from './facts-line.ts'
import { SharedTexts } from './shared-texts.ts'

/** Of another version of the file, or of the code that made the facts, nothing is believed. */
const HEAD = '{"tributary":"torrent facts","version":1}'
const NEWLINE = 10
/** Where the info hash stands in a line, which begins with `["`. */
const HASH_START = 2
const HASH_END = 42
/** A torrent of more is read from its torrent file, in steps. */
const MOST_FILES = 2_000
const STEP_LINES = 64

/**
 * What the torrent files say that a start has to know, in one file: reading ten thousand torrent files
 * takes seconds. What it says of one is believed as long as size and time of that torrent file are what
 * they were.
 */
export class SavedFacts {
  readonly #shared = new SharedTexts()
  readonly #bytes: Buffer
  /** First byte of each line, by info hash. */
  readonly #starts: ReadonlyMap<string, number>

  /** Nothing where there is no such file, or it cannot be read: the torrent files are there. Never rejects. */
  static async read(path: string): Promise<SavedFacts> {
    try {
      return new SavedFacts((await new AtomicFile(path).read()) ?? Buffer.alloc(0))
    } catch {
      return new SavedFacts(Buffer.alloc(0))
    }
  }

  constructor(bytes: Buffer) {
    const starts = new Map<string, number>()
    const isOurs = bytes.toString('latin1', 0, HEAD.length + 1) === `${HEAD}\n`
    for (let start = isOurs ? HEAD.length + 1 : bytes.length; start < bytes.length; ) {
      starts.set(bytes.toString('latin1', start + HASH_START, start + HASH_END), start)
      const newline = bytes.indexOf(NEWLINE, start)
      start = newline < 0 ? bytes.length : newline + 1
    }
    this.#bytes = bytes
    this.#starts = starts
  }

  /** What is known of the torrent file at `path`; `null` where that is nothing, or it has changed since. */
  find(infoHash: InfoHash, path: string): StoredMetainfo | null {
    const start = this.#starts.get(infoHash)
    if (start === undefined) return null
    const newline = this.#bytes.indexOf(NEWLINE, start)
    // A last line without its end was cut short.
    if (newline < 0) return null
    const line = readFactsLine(this.#bytes.toString('utf8', start, newline), path, this.#shared)
    const now = markOf(path)
    const then = line?.stored.mark
    const isSame = then?.[0] === now?.[0] && then?.[1] === now?.[1]
    return isSame && line?.infoHash === infoHash ? line : null
  }
}

/** Writes what is known of all these torrents. Rejects with the system's error. */
export async function saveFacts(path: string, torrents: readonly StoredMetainfo[]): Promise<void> {
  await new AtomicFile(path).write(await runInSlices(factsText(torrents)))
}

function* factsText(torrents: readonly StoredMetainfo[]): Steps<string> {
  const lines = [HEAD]
  for (const torrent of torrents) {
    if (lines.length % STEP_LINES === 0) yield
    if (torrent.files.length > MOST_FILES) continue
    const mark = torrent.stored.mark ?? markOf(torrent.stored.path)
    if (mark !== null) lines.push(factsLine(torrent, mark))
  }
  return `${lines.join('\n')}\n`
}

function markOf(path: string): StoredMetainfo['stored']['mark'] {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined ? null : [stats.size, stats.mtimeMs]
}
