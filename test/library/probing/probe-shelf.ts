import { EventEmitter } from 'node:events'
import { onTestFinished } from 'vitest'
import type {
  ProbedSource,
  ProbedStream,
  ProbedTorrent,
} from '../../../src/library/probing/probed-torrent.ts'
import type { TorrentFile } from '../../../src/torrents/metainfo/torrent-file.ts'
import type { ByteRange } from '../../../src/torrents/pieces/byte-range.ts'
import type { TorrentState } from '../../../src/torrents/torrent/torrent-state.ts'
import { TorrentError } from '../../../src/torrents/torrent-error.ts'
import { hashOf } from '../../helpers/torrent-shelf.ts'

export interface ShelfFile {
  readonly path: string
  readonly bytes: Uint8Array
  /** Longer than its bytes: zeros follow. */
  readonly length?: number
}

/** A torrent without a swarm: what is prefetched comes at once, or not at all. */
export class ProbeShelfTorrent implements ProbedTorrent {
  readonly name: string
  readonly infoHash
  readonly addedAt = new Date(0)
  readonly files: readonly TorrentFile[]
  state: TorrentState = { kind: 'live' }
  /** Pieces that were fetched, in order. */
  readonly fetched: number[] = []
  /** Peers that have everything. */
  hasPeers = true
  readonly deselected = new Set<number>()
  /** How often `prefetch` was called, and what of it was not released. */
  prefetches = 0
  held = 0
  openStreams = 0
  readonly #contents: readonly ShelfFile[]
  readonly #pieceLength: number
  readonly #have = new Set<number>()
  readonly #waiting = new Set<() => void>()

  constructor(name: string, contents: readonly ShelfFile[], pieceLength = 256 * 1024) {
    this.name = name
    this.infoHash = hashOf(name)
    this.#contents = contents
    this.#pieceLength = pieceLength
    let offset = 0
    this.files = contents.map(({ path, bytes, length = bytes.length }, index) => {
      const file = { index, components: path.split('/'), length, offset, padding: false }
      offset += length
      return { ...file, symlink: null, executable: false, hidden: false }
    })
  }

  get fetchedBytes(): number {
    return this.fetched.length * this.#pieceLength
  }

  /** All of it is here. */
  complete(): this {
    const length = this.files.reduce((sum, file) => sum + file.length, 0)
    for (let piece = 0; piece * this.#pieceLength < length; piece++) this.#have.add(piece)
    this.#wake()
    return this
  }

  isSelected(fileIndex: number): boolean {
    return !this.deselected.has(fileIndex)
  }

  missingBytes(fileIndex: number, range: ByteRange): number {
    return this.#missing(fileIndex, range).length * this.#pieceLength
  }

  prefetch(fileIndex: number, ranges: readonly ByteRange[]): () => void {
    this.prefetches++
    this.held++
    if (this.hasPeers) {
      setImmediate(() => {
        for (const range of ranges) {
          for (const piece of this.#missing(fileIndex, range)) {
            this.#have.add(piece)
            this.fetched.push(piece)
          }
        }
        this.#wake()
      })
    }
    return () => {
      this.held--
    }
  }

  stream(fileIndex: number): ProbedStream {
    if (this.state.kind === 'initializing') throw new TorrentError('unavailable', 'not yet')
    this.openStreams++
    let position = 0
    let isClosed = false
    const content = this.#contents[fileIndex]?.bytes ?? new Uint8Array()
    const length = this.files[fileIndex]?.length ?? 0
    return {
      seek: (to) => {
        position = to
      },
      read: async (buffer) => {
        const count = Math.min(buffer.length, length - position)
        if (count <= 0) return 0
        while (this.missingBytes(fileIndex, { start: position, end: position }) > 0) {
          if (isClosed) throw new TorrentError('closed', 'the stream was closed')
          await new Promise<void>((resolve) => this.#waiting.add(resolve))
        }
        if (isClosed) throw new TorrentError('closed', 'the stream was closed')
        buffer.fill(0, 0, count).set(content.subarray(position, position + count))
        position += count
        return count
      },
      close: () => {
        if (!isClosed) this.openStreams--
        isClosed = true
        this.#wake()
      },
    }
  }

  #missing(fileIndex: number, { start, end }: ByteRange): number[] {
    const { offset, length } = this.files[fileIndex] as TorrentFile
    const last = Math.floor((offset + Math.min(end, length - 1)) / this.#pieceLength)
    const pieces: number[] = []
    for (let piece = Math.floor((offset + start) / this.#pieceLength); piece <= last; piece++) {
      if (!this.#have.has(piece)) pieces.push(piece)
    }
    return pieces
  }

  #wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }
}

export class ProbeShelf
  extends EventEmitter<Record<'added' | 'removed' | 'changed', [ProbedTorrent]>>
  implements ProbedSource
{
  readonly torrents: ProbedTorrent[]

  constructor(...torrents: ProbedTorrent[]) {
    super()
    this.torrents = torrents
  }

  add(torrent: ProbedTorrent): void {
    this.torrents.push(torrent)
    this.emit('added', torrent)
  }

  remove(torrent: ProbedTorrent): void {
    this.torrents.splice(this.torrents.indexOf(torrent), 1)
    this.emit('removed', torrent)
  }
}

/** Resolves when `isTrue`, which is looked at in each turn; a test that never gets there times out. */
export async function eventually(isTrue: () => boolean): Promise<void> {
  let isOver = false
  onTestFinished(() => {
    isOver = true
  })
  while (!isTrue() && !isOver) await new Promise((resolve) => setTimeout(resolve, 1))
}
