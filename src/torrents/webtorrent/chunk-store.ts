import type { ChunkStore } from 'webtorrent'
import type { SwarmListener } from '../swarm.ts'

/** What webtorrent takes for its store: uploads are read through us, and nothing is ever put. */
export function chunkStoreOver(
  listener: Pick<SwarmListener, 'readBlock'>,
): new (
  pieceLength: number,
) => ChunkStore {
  return class implements ChunkStore {
    readonly #pieceLength: number

    constructor(pieceLength: number) {
      this.#pieceLength = pieceLength
    }

    get(
      piece: number,
      options: { offset?: number; length?: number } | null,
      callback: (error: Error | null, data?: Uint8Array) => void,
    ): void {
      const offset = options?.offset ?? 0
      const length = options?.length ?? this.#pieceLength - offset
      listener.readBlock(piece, offset, length).then(
        (data) => callback(null, data),
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
      )
    }

    put(_piece: number, _data: Uint8Array, callback: (error: Error | null) => void): void {
      callback(new Error('pieces are stored by us'))
    }

    close(callback: (error: Error | null) => void): void {
      callback(null)
    }

    destroy(callback: (error: Error | null) => void): void {
      callback(null)
    }
  }
}
