import type { Swarm } from '../swarm/swarm.ts'

/** Where the downloader puts blocks, and what it asks of those that are there. */
export interface BlockStore {
  /** False where the block is there already. `data` is valid during the call only. */
  addBlock(piece: number, offset: number, data: Uint8Array): boolean
  /** Takes a block back that is doubted; false where it is too late for that. */
  dropBlock(piece: number, offset: number): boolean
  hasBlock(piece: number, offset: number): boolean
  /** The bytes of a received block from `offset` to its end, or `null` once they are on the disk. */
  unverifiedBytes(piece: number, offset: number): Uint8Array | null
  /** Reads what is on the disk; fewer bytes than asked where it has less. `offset` in the torrent. */
  read(offset: number, target: Uint8Array): Promise<number>
  /** One number per block of a piece on the disk; equal numbers mean equal bytes. */
  blockDigests(piece: number): Promise<Float64Array>
  /** Writes what waits for more of its piece. */
  flush(): void
  /** Throws away what has arrived of a piece. */
  discard(piece: number): void
  /** Lets go of open files. */
  reopen(): Promise<void>
  close(): Promise<void>
}

/** What the store tells. */
export interface BlockStoreListener {
  /** The piece is whole, right and on the disk. */
  verified(piece: number): void
  /** Its hash is wrong; its blocks are gone. `digests` tells the blocks apart. */
  failed(piece: number, digests: Float64Array): void
  /** Too much waits to be written, or no longer so. */
  backpressure(isFull: boolean): void
}

/** What the downloader tells the swarm whose wires it uses. */
export type DownloadSwarm = Pick<Swarm, 'have' | 'lost' | 'ban' | 'gavePiece'>
