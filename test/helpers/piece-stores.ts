import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { parseMetainfo } from '../../src/torrents/metainfo/metainfo.ts'
import { Disk, type DiskError } from '../../src/torrents/store/disk.ts'
import { storedFiles } from '../../src/torrents/store/file-layout.ts'
import { PieceStore } from '../../src/torrents/store/piece-store.ts'
import { SegmentPool } from '../../src/torrents/store/segment-pool.ts'
import { type FixtureFile, makeTorrent } from './make-torrent.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { inTime } from './within.ts'

export const BLOCK = 16_384

export type StoreEvent =
  | { readonly kind: 'verified'; readonly piece: number }
  | {
      readonly kind: 'failed'
      readonly piece: number
      readonly digests: Float64Array
    }
  | { readonly kind: 'writable'; readonly error: DiskError | null }
  | { readonly kind: 'backpressure'; readonly isFull: boolean }

/** A piece store on a real disk worker, over files that are not there yet. */
export class StoreBench {
  readonly store: PieceStore
  readonly disk: Disk
  readonly pool: SegmentPool
  /** All bytes of the torrent, pads included. */
  readonly data: Buffer
  readonly pieceLength: number
  /** Where the files go. */
  readonly folder: string
  readonly events: StoreEvent[] = []
  #look: () => void = () => {}

  static async open(
    files: readonly FixtureFile[],
    pieceLength: number,
    poolBytes = 64 * 1024 * 1024,
  ): Promise<StoreBench> {
    return new StoreBench(await temporaryFolder(), files, pieceLength, poolBytes)
  }

  private constructor(
    folder: string,
    files: readonly FixtureFile[],
    pieceLength: number,
    poolBytes: number,
  ) {
    const metainfo = parseMetainfo(makeTorrent('Show', files, pieceLength).torrentFile)
    const { layout, pieceHashes } = metainfo
    this.folder = folder
    this.pieceLength = pieceLength
    this.data = Buffer.concat(files.map((file) => file.data))
    this.disk = new Disk()
    this.pool = new SegmentPool(poolBytes)
    this.store = new PieceStore({
      ...{ disk: this.disk, pool: this.pool, layout, pieceHashes },
      root: folder,
      files: storedFiles(metainfo.files, folder),
      events: {
        verified: (piece) => this.#tell({ kind: 'verified', piece }),
        failed: (piece, digests) => this.#tell({ kind: 'failed', piece, digests }),
        writable: (error) => this.#tell({ kind: 'writable', error }),
        backpressure: (isFull) => this.#tell({ kind: 'backpressure', isFull }),
      },
    })
    onTestFinished(async () => {
      await this.store.close()
      await this.disk.close()
    })
  }

  pathOf(...components: readonly string[]): string {
    return join(this.folder, ...components)
  }

  /** The right bytes of a piece. */
  piece(index: number): Buffer {
    return this.data.subarray(index * this.pieceLength, (index + 1) * this.pieceLength)
  }

  /** Adds the blocks of a piece, or of `bytes` in its place, in order or in another. */
  add(index: number, bytes = this.piece(index), order?: number[]): void {
    const count = Math.ceil(bytes.length / BLOCK)
    for (const block of order ?? Array.from({ length: count }, (_, number) => number)) {
      const data = bytes.subarray(block * BLOCK, (block + 1) * BLOCK)
      this.store.addBlock(index, block * BLOCK, data)
    }
  }

  /** Waits until `isTrue` after an event, and gives all events so far. */
  async until(isTrue: (events: readonly StoreEvent[]) => boolean): Promise<readonly StoreEvent[]> {
    if (!isTrue(this.events)) {
      const isSo = new Promise<void>((resolve) => {
        this.#look = () => {
          if (isTrue(this.events)) resolve()
        }
      })
      await inTime(`${isTrue}`, isSo)
    }
    return this.events
  }

  /** Waits for as many pieces to be verified or found wrong. */
  async outcomes(count: number): Promise<readonly StoreEvent[]> {
    const isOutcome = ({ kind }: StoreEvent): boolean => kind === 'verified' || kind === 'failed'
    const events = await this.until((all) => all.filter(isOutcome).length >= count)
    return events.filter(isOutcome)
  }

  #tell(event: StoreEvent): void {
    this.events.push(event)
    this.#look()
  }
}
