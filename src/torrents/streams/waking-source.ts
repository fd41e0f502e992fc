import { TorrentError } from '../torrent-error.ts'
import type { Available, FileStream, StreamSource } from './file-stream.ts'

/**
 * What a stream of a resting torrent is given: nothing, until the torrent is awake, and then what every
 * other stream is.
 */
export class WakingSource implements StreamSource {
  readonly #wake: () => Promise<StreamSource>
  #source: StreamSource | null = null
  #isClosed = false

  constructor(wake: () => Promise<StreamSource>) {
    this.#wake = wake
  }

  available(stream: FileStream, offset: number, limit: number): Available {
    return this.#source?.available(stream, offset, limit) ?? { kind: 'missing' }
  }

  read(offset: number, target: Uint8Array): Promise<number> {
    return this.#source?.read(offset, target) ?? Promise.resolve(0)
  }

  changed(stream: FileStream, change: Parameters<StreamSource['changed']>[1]): void {
    if (this.#source !== null) this.#source.changed(stream, change)
    else if (change === 'opened') void this.#begin(stream)
    else if (change === 'closed') this.#isClosed = true
  }

  async #begin(stream: FileStream): Promise<void> {
    try {
      const source = await this.#wake()
      if (this.#isClosed) return
      this.#source = source
      source.changed(stream, 'opened')
      stream.wake()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      stream.fail(new TorrentError('unavailable', reason, { cause: error }))
    }
  }
}
