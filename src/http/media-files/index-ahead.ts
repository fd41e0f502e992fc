import { locateIndex } from '../../media/container-index/locate-index.ts'
import { mimeTypeOf } from '../../media/media-type.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import type { StreamPort, TorrentPort } from '../messages/session-port.ts'

/** The head of a file that has to be seen to know where its index is; no container needs more. */
const HEAD_BYTES = 64 * 1024
/** Players ask for the index within seconds; what is not asked for by then is not fetched on. */
const HOLD_MS = 60_000

/**
 * Fetches the index that a player asks for after the head of a file (MP4 moov, Matroska Cues, AVI
 * idx1) before it asks: the first bytes that it is given tell where it is.
 */
export class IndexAhead {
  readonly #held = new Map<string, NodeJS.Timeout>()

  /** `stream` reads from the beginning of `file`; what it reads passes through unchanged. */
  watch(stream: StreamPort, torrent: TorrentPort, file: TorrentFile): StreamPort {
    const key = `${torrent.infoHash}/${file.index}`
    if (this.#held.has(key)) return stream
    const mimeType = mimeTypeOf(file.components.at(-1) ?? '')
    let head: Buffer | null = Buffer.alloc(0)
    const look = (bytes: Uint8Array): void => {
      if (head === null) return
      head = Buffer.concat([head, bytes.subarray(0, HEAD_BYTES - head.length)])
      const location = locateIndex(mimeType, head, file.length)
      if (location.kind === 'range') this.#hold(key, torrent.prefetch(file.index, [location]))
      if (location.kind !== 'more' || head.length >= HEAD_BYTES) head = null
    }
    return {
      readNow: async (buffer) => {
        const count = await stream.readNow(buffer)
        if (count !== null) look(buffer.subarray(0, count))
        return count
      },
      whenReadable: () => stream.whenReadable(),
      close: () => stream.close(),
    }
  }

  #hold(key: string, release: () => void): void {
    const timer = setTimeout(() => {
      this.#held.delete(key)
      release()
    }, HOLD_MS)
    this.#held.set(key, timer.unref())
  }
}
