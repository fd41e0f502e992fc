import {
  type Available,
  FileStream,
  type FileStreamOptions,
  type StreamSource,
} from '../../src/torrents/streams/file-stream.ts'
import { pseudoRandomBytes } from './make-torrent.ts'
import { inTime } from './within.ts'

/** Where the file of these tests begins in its torrent. */
export const FILE_OFFSET = 1_000

/** A torrent whose bytes arrive when a test says so. */
export class TestSource implements StreamSource {
  readonly data: Buffer
  readonly changes: string[] = []
  /** Bytes below are on the disk. */
  storedTo = 0
  /** Bytes below, and not on the disk, are in memory; one block of 100 at a time. */
  receivedTo = 0
  /** Bytes from here on to the end are on the disk, too. */
  storedFrom = Number.POSITIVE_INFINITY
  /** What reading from the disk does before it gives bytes. */
  beforeRead: () => Promise<void> | void = () => {}
  #afterChange: () => void = () => {}

  constructor(length: number) {
    this.data = Buffer.concat([Buffer.alloc(FILE_OFFSET), pseudoRandomBytes(length, 1)])
  }

  open(options: Partial<FileStreamOptions> = {}): FileStream {
    const length = this.data.length - FILE_OFFSET
    const defaults = { fileOffset: FILE_OFFSET, start: 0, verifiedOnly: false }
    return new FileStream(this, { ...defaults, length, priority: 'viewer', ...options })
  }

  /** Bytes of the file. */
  bytes(start: number, end: number): Buffer {
    return this.data.subarray(FILE_OFFSET + start, FILE_OFFSET + end)
  }

  available(_stream: FileStream, offset: number, limit: number): Available {
    const at = offset - FILE_OFFSET
    if (at >= this.storedFrom) return stored(limit)
    if (at < this.storedTo) return stored(this.storedTo - at)
    if (at >= this.receivedTo) return { kind: 'missing' }
    const end = Math.min(at - (at % 100) + 100, this.receivedTo)
    return { kind: 'memory', data: this.bytes(at, end), unverifiedPiece: 0 }
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    await this.beforeRead()
    return this.data.subarray(offset, offset + target.length).copy(target)
  }

  changed(_stream: FileStream, change: Parameters<StreamSource['changed']>[1]): void {
    this.changes.push(change)
    this.#afterChange()
  }

  /** Resolves when a change has happened `count` times. */
  async changedTo(change: string, count = 1): Promise<void> {
    const changed = new Promise<void>((resolve) => {
      this.#afterChange = () => {
        if (this.changes.filter((other) => other === change).length >= count) resolve()
      }
      this.#afterChange()
    })
    await inTime(`change ${count} to ${change}`, changed)
  }
}

function stored(length: number): Available {
  return { kind: 'stored', length, unverifiedPiece: null }
}
