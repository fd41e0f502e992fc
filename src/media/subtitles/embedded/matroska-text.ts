import { HEADER_BYTES, readElement, readUnsigned } from '../../container-index/ebml.ts'
import { CueList } from '../cue.ts'
import { inTurns } from '../steps.ts'
import type { ByteWindow } from './byte-source.ts'
import {
  addBlock,
  BLOCK,
  BLOCK_GROUP,
  blockOf,
  blockTrack,
  LARGEST_BLOCK_BYTES,
  SIMPLE_BLOCK,
} from './matroska-block.ts'
import type { BlockPlace, MatroskaCues } from './matroska-cues.ts'
import type { MatroskaTrack } from './matroska-tracks.ts'
import type { TrackText } from './text-track.ts'

const CLUSTER = 0x1f43b675
const TIMESTAMP = 0xe7
/** Read at once where blocks follow one another: their headers, and small blocks as a whole. */
const WALK_AHEAD = 4 * 1024
const BLOCK_NEED = { need: 'content', ahead: 1_024 } as const
const HEADER_NEED = { need: 'content', ahead: HEADER_BYTES } as const

export interface MatroskaTextOptions {
  readonly window: ByteWindow
  readonly track: MatroskaTrack
  /** Absolute, of the segment's contents. */
  readonly segmentStart: number
  /** Absolute; `null` where the head shows none. */
  readonly firstCluster: number | null
  /** Milliseconds in a unit of time. */
  readonly unitMs: number
  /** `null` where there is no index, or it is not there. */
  readonly index: MatroskaCues | null
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads one track of subtitles out of a film. Where the index names each of its blocks, as the usual programs
 * write it, only those are read; otherwise the headers of all blocks, cluster by cluster. What is not there
 * is passed over: up to the next cluster that the index names, or else up to the end.
 */
export class MatroskaText {
  readonly #options: MatroskaTextOptions
  #cues = new CueList()
  #isComplete = true
  /** The cluster that was looked at last. */
  #cluster: { readonly position: number; readonly contents: number | 'missing' } = {
    position: -1,
    contents: 'missing',
  }

  constructor(options: MatroskaTextOptions) {
    this.#options = options
  }

  async read(): Promise<TrackText> {
    const { index, track } = this.#options
    const places = index?.places.get(track.number) ?? []
    const isNamed = places.length > 0 && places.every(({ relative }) => relative !== null)
    if (!isNamed || !(await this.#readPlaces(places))) {
      this.#cues = new CueList()
      this.#isComplete = true
      await this.#walk()
    }
    return { cues: await inTurns(this.#cues.sorted()), isComplete: this.#isComplete }
  }

  /** False where the index does not tell the truth. */
  async #readPlaces(places: readonly BlockPlace[]): Promise<boolean> {
    for (const place of places) {
      if (this.#mustStop()) return true
      const outcome = await this.#readPlace(place)
      if (outcome === 'wrong') return false
      if (outcome === 'missing') this.#isComplete = false
    }
    return true
  }

  async #readPlace(place: BlockPlace): Promise<'read' | 'missing' | 'wrong'> {
    const { window, track, unitMs } = this.#options
    const contents = await this.#contentsOf(place.cluster)
    if (typeof contents !== 'number') return contents
    const at = contents + (place.relative ?? 0)
    const head = await window.bytes(at, HEADER_BYTES, BLOCK_NEED)
    if (head === null) return 'missing'
    const header = readElement(head, 0)
    if (header === null || header.end > LARGEST_BLOCK_BYTES) return 'wrong'
    const bytes = await window.bytes(at, header.end, BLOCK_NEED)
    if (bytes === null) return 'missing'
    const block = blockOf(bytes, header)
    if (block === null || blockTrack(bytes, block.block.start) !== track.number) return 'wrong'
    // The index says when it is shown: the cluster's own time need not be read.
    const { time, duration } = place
    addBlock(bytes, header, { track, cues: this.#cues, timeOf: () => time, unitMs, duration })
    return 'read'
  }

  /** Where the contents of the cluster begin, absolute. */
  async #contentsOf(cluster: number): Promise<number | 'missing' | 'wrong'> {
    if (cluster === this.#cluster.position) return this.#cluster.contents
    const start = this.#options.segmentStart + cluster
    const head = await this.#options.window.bytes(start, HEADER_BYTES, HEADER_NEED)
    const element = head === null ? null : readElement(head, 0)
    if (head !== null && element?.id !== CLUSTER) return 'wrong'
    const contents = element === null ? 'missing' : start + element.start
    this.#cluster = { position: cluster, contents }
    return contents
  }

  async #walk(): Promise<void> {
    const { window, segmentStart, firstCluster, index } = this.#options
    const known = (index?.clusters ?? []).map((cluster) => segmentStart + cluster)
    let next = 0
    let position = firstCluster ?? known[0] ?? window.length
    let clusterTime = 0
    while (position < window.length && !this.#mustStop()) {
      const step = await this.#element(position, clusterTime)
      if (step === null) {
        this.#isComplete = false
        while (next < known.length && (known[next] ?? 0) <= position) next++
        position = known[next] ?? window.length
        continue
      }
      clusterTime = step.clusterTime
      position = step.next
    }
  }

  /** Reads one element on the way; `null` where it is not there, or none. Clusters are stepped into. */
  async #element(
    position: number,
    clusterTime: number,
  ): Promise<{ readonly next: number; readonly clusterTime: number } | null> {
    const { window, track, unitMs } = this.#options
    const need = { need: 'content', ahead: WALK_AHEAD } as const
    const head = await window.bytes(position, HEADER_BYTES + 8, need)
    const element = head === null ? null : readElement(head, 0)
    if (head === null || element === null || element.id === 0) return null
    if (element.id === CLUSTER) return { next: position + element.start, clusterTime: 0 }
    const next = position + element.end
    if (!Number.isSafeInteger(next)) return null
    if (element.id === TIMESTAMP && element.end <= head.length) {
      return { next, clusterTime: readUnsigned(head, element) }
    }
    const isOurs =
      element.id === BLOCK_GROUP ||
      (element.id === SIMPLE_BLOCK && blockTrack(head, element.start) === track.number)
    if (!isOurs || element.end > LARGEST_BLOCK_BYTES) return { next, clusterTime }
    if (element.id === BLOCK_GROUP && !this.#mayBeOurs(head, element.start)) {
      return { next, clusterTime }
    }
    const bytes = await window.bytes(position, element.end, need)
    if (bytes === null || bytes.length < element.end) return null
    const block = blockOf(bytes, element)
    if (block !== null && blockTrack(bytes, block.block.start) === track.number) {
      const timeOf = (relative: number): number => clusterTime + relative
      addBlock(bytes, element, { track, cues: this.#cues, timeOf, unitMs })
    }
    return { next, clusterTime }
  }

  /** The block comes first in nearly all groups; the group of another track need not be read. */
  #mayBeOurs(head: Buffer, start: number): boolean {
    const first = readElement(head, start)
    if (first === null || first.id !== BLOCK) return true
    const number = blockTrack(head, first.start)
    return number === 0 || number === this.#options.track.number
  }

  #mustStop(): boolean {
    const isStopped = this.#options.signal?.aborted === true
    if (isStopped || this.#cues.isFull) this.#isComplete = !isStopped && this.#isComplete
    return isStopped || this.#cues.isFull
  }
}
