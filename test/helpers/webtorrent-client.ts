import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import WebTorrent, { type ChunkStore, type ClientOptions, type Torrent } from 'webtorrent'

/** A client of webtorrent itself, with options like ours; destroyed when the test ends. */
export async function openClient(options: Partial<ClientOptions> = {}): Promise<WebTorrent> {
  const client = new WebTorrent({
    ...{ torrentPort: 0, dht: false, lsd: false, tracker: false, utp: false },
    ...{ natUpnp: false, natPmp: false, secure: 1, maxConns: 5, webSeeds: false },
    ...{ uploadLimit: -1, userAgent: 'test' },
    ...options,
  })
  onTestFinished(() => new Promise<void>((resolve) => client.destroy(resolve)))
  await once(client, 'listening')
  return client
}

/** What a torrent asked of its store. */
export interface AskedStore {
  readonly asked: string[]
  readonly Store: new (pieceLength: number) => ChunkStore
}

/** A store that notes what is read from it, and gives bytes of the number of the piece. */
export function askedStore(): AskedStore {
  const asked: string[] = []
  class Store implements ChunkStore {
    constructor(pieceLength: number) {
      asked.push(`new ${pieceLength}`)
    }

    get(
      piece: number,
      options: { offset?: number; length?: number } | null,
      callback: (error: Error | null, data?: Uint8Array) => void,
    ): void {
      asked.push(`get ${piece} ${options?.offset}+${options?.length}`)
      queueMicrotask(() => callback(null, Buffer.alloc(options?.length ?? 0, piece)))
    }

    put(_piece: number, _data: Uint8Array, callback: (error: Error | null) => void): void {
      asked.push('put')
      callback(null)
    }

    close(callback: (error: Error | null) => void): void {
      asked.push('close')
      callback(null)
    }

    destroy(callback: (error: Error | null) => void): void {
      asked.push('destroy')
      callback(null)
    }
  }
  return { asked, Store }
}

/** A torrent added as we add it, with nothing of webtorrent replaced. */
export function addTorrent(
  client: WebTorrent,
  torrentFile: Uint8Array,
  store: AskedStore,
): Torrent {
  return client.add(torrentFile, {
    ...{ announce: [], deselect: true, store: store.Store, storeCacheSlots: 0 },
  })
}
