import { setImmediate as nextTurn } from 'node:timers/promises'
import { childrenOf, type Element, readUnsigned } from '../../container-index/ebml.ts'

const CUE_POINT = 0xbb
const CUE_TIME = 0xb3
const CUE_TRACK_POSITIONS = 0xb7
const CUE_TRACK = 0xf7
const CUE_CLUSTER_POSITION = 0xf1
const CUE_RELATIVE_POSITION = 0xf0
const CUE_DURATION = 0xb2

const MOST_POINTS = 500_000
const POINTS_PER_TURN = 2_000

/** Where the index says that a block of subtitles is. */
export interface BlockPlace {
  /** Units of the segment. */
  readonly time: number
  /** From the beginning of the segment's contents. */
  readonly cluster: number
  /** Of the block, from the beginning of the cluster's contents; `null` where only the cluster is known. */
  readonly relative: number | null
  /** Units of the segment; `null` where it is not said. */
  readonly duration: number | null
}

/** The index of a Matroska file, as far as subtitles need it. */
export interface MatroskaCues {
  /** Positions of clusters from the beginning of the segment's contents, rising. */
  readonly clusters: readonly number[]
  /** By the number of the track, for those that were asked for. */
  readonly places: ReadonlyMap<number, readonly BlockPlace[]>
}

/** Reads the contents of `Cues` (RFC 9559, 5.1.5) in turns of the event loop. */
export async function readCues(
  contents: Buffer,
  trackNumbers: ReadonlySet<number>,
): Promise<MatroskaCues> {
  const clusters = new Set<number>()
  const places = new Map<number, BlockPlace[]>()
  let count = 0
  for (const point of childrenOf(contents, { start: 0, end: contents.length })) {
    if (++count > MOST_POINTS) break
    if (count % POINTS_PER_TURN === 0) await nextTurn()
    if (point.id !== CUE_POINT) continue
    for (const { track, place } of positionsOf(contents, point)) {
      clusters.add(place.cluster)
      if (!trackNumbers.has(track)) continue
      const list = places.get(track)
      if (list === undefined) places.set(track, [place])
      else list.push(place)
    }
  }
  await nextTurn()
  return { clusters: [...Float64Array.from(clusters).sort()], places }
}

function* positionsOf(
  contents: Buffer,
  point: Element,
): Generator<{ readonly track: number; readonly place: BlockPlace }> {
  let time = 0
  for (const child of childrenOf(contents, point)) {
    if (child.id === CUE_TIME) time = readUnsigned(contents, child)
    if (child.id === CUE_TRACK_POSITIONS) yield positionOf(contents, child, time)
  }
}

function positionOf(
  contents: Buffer,
  positions: Element,
  time: number,
): { track: number; place: BlockPlace } {
  let track = 0
  let cluster = 0
  let relative: number | null = null
  let duration: number | null = null
  for (const child of childrenOf(contents, positions)) {
    if (child.id === CUE_TRACK) track = readUnsigned(contents, child)
    if (child.id === CUE_CLUSTER_POSITION) cluster = readUnsigned(contents, child)
    if (child.id === CUE_RELATIVE_POSITION) relative = readUnsigned(contents, child)
    if (child.id === CUE_DURATION) duration = readUnsigned(contents, child)
  }
  return { track, place: { time, cluster, relative, duration } }
}
