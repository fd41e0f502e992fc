import { mediaTypeOf } from '../../media/media-type.ts'
import type { ListedKind } from '../objects/media-object.ts'
import type { FactsStore } from './facts-store.ts'
import type { ProbedTorrent } from './probed-torrent.ts'

/** Files looked at and not yet probed that are remembered: as many as one answer to Browse lists. */
const MOST_LOOKED_AT = 5_000
/** Files gone through in one step, so that 100,000 hold up nobody. */
const STEP_FILES = 2_000
/** After a try in vain, the torrent has to wait; each time longer. */
const PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 30 * 60_000
/** So often the parser may hang at a file before it is let alone. */
const MOST_FAILURES = 3

const KINDS: readonly ListedKind[] = ['video', 'audio', 'image']

const NONE: readonly number[] = []

/** Which files of a torrent are to be probed, and in which order: looked at, films, sound, images. */
export class ProbeQueue {
  readonly torrent: ProbedTorrent
  readonly #store: FactsStore
  /** Each once, what was looked at last first. */
  #lookedAt: readonly number[] = NONE
  #failures: Map<number, number> | null = null
  /** Files that cannot be probed before something changes. */
  #skipped: Set<number> | null = null
  /** Indices of its films, songs and images, once somebody asks. */
  #media: readonly number[] | null = null
  #kind = KINDS.length
  #cursor = 0
  #pausedUntil = 0
  #pauses = 0
  #wantsAll = false

  constructor(torrent: ProbedTorrent, store: FactsStore) {
    this.torrent = torrent
    this.#store = store
  }

  /** There may be something to be probed, now or later. */
  get isPending(): boolean {
    return this.#lookedAt.length > 0 || this.#kind < KINDS.length
  }

  /** How many of its films, songs and images need no more looking at, for now. */
  get progress(): { readonly probed: number; readonly total: number } {
    this.#media ??= this.torrent.files.flatMap(({ components, index }) =>
      mediaTypeOf(components.at(-1) ?? '') === null ? [] : [index],
    )
    const probed = this.#media.reduce((count, index) => count + Number(this.#isDone(index)), 0)
    return { probed, total: this.#media.length }
  }

  isPaused(now: number): boolean {
    return now < this.#pausedUntil
  }

  /** All files of it are wanted. */
  wantAll(): void {
    this.#wantsAll = true
    this.#kind = 0
    this.#cursor = 0
  }

  /** Somebody looks at these files now: they come before what was looked at earlier. */
  lookAt(fileIndices: readonly number[]): void {
    for (const fileIndex of fileIndices) this.#skipped?.delete(fileIndex)
    const wanted = fileIndices.filter((fileIndex) => !this.#isDone(fileIndex))
    this.#lookedAt = [...new Set([...wanted, ...this.#lookedAt])].slice(0, MOST_LOOKED_AT)
  }

  /** Bytes have come, or it is live again: what was in vain is tried again. */
  changed(): void {
    this.#pausedUntil = 0
    this.#pauses = 0
    this.#skipped = null
    if (this.#wantsAll) this.wantAll()
  }

  /** `undefined`: none. `null`: not looked for to the end, ask again. */
  next(): number | null | undefined {
    const undone = this.#lookedAt.findIndex((fileIndex) => !this.#isDone(fileIndex))
    this.#lookedAt = undone < 0 ? NONE : this.#lookedAt.slice(undone)
    const [looked] = this.#lookedAt
    if (looked !== undefined) return looked
    const { files } = this.torrent
    if (files.length === 0) return undefined
    for (let step = 0; step < STEP_FILES; step++) {
      const kind = KINDS[this.#kind]
      if (kind === undefined) return undefined
      const file = files[this.#cursor]
      if (file === undefined) {
        this.#kind++
        this.#cursor = 0
        continue
      }
      const isWanted = mediaTypeOf(file.components.at(-1) ?? '')?.kind === kind
      if (isWanted && !this.#isDone(file.index)) return file.index
      this.#cursor++
    }
    return null
  }

  /** Its facts are kept. */
  done(fileIndex: number): void {
    this.#pauses = 0
    this.#failures?.delete(fileIndex)
    this.#forget(fileIndex)
  }

  /** It cannot be probed before something changes. */
  skip(fileIndex: number): void {
    this.#skipped ??= new Set()
    this.#skipped.add(fileIndex)
    this.#forget(fileIndex)
  }

  /** Nothing comes of the torrent: it is tried again later. */
  pause(now: number): void {
    this.#pausedUntil = now + Math.min(PAUSE_MS * 2 ** this.#pauses++, LONGEST_PAUSE_MS)
  }

  /** The parser broke down over the file: it waits for a change; true where that was the last time. */
  failed(fileIndex: number): boolean {
    this.#failures ??= new Map()
    const failures = (this.#failures.get(fileIndex) ?? 0) + 1
    this.#failures.set(fileIndex, failures)
    this.skip(fileIndex)
    return failures >= MOST_FAILURES
  }

  #forget(fileIndex: number): void {
    if (this.#lookedAt.length > 0) {
      this.#lookedAt = this.#lookedAt.filter((looked) => looked !== fileIndex)
    }
  }

  #isDone(fileIndex: number): boolean {
    const file = this.torrent.files[fileIndex]
    if (file === undefined || file.padding || file.symlink !== null || file.length === 0)
      return true
    if (this.#skipped?.has(fileIndex)) return true
    const { infoHash } = this.torrent
    if (!this.#store.has(infoHash, fileIndex)) return false
    if (this.#store.isOutdated(infoHash, fileIndex)) return false
    if (!this.#store.isPartial(infoHash, fileIndex)) return true
    return this.torrent.missingBytes(fileIndex, { start: 0, end: file.length - 1 }) > 0
  }
}
