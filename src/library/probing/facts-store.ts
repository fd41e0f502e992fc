import { join } from 'node:path'
import { Semaphore } from '../../concurrency/semaphore.ts'
import type { Logger } from '../../log.ts'
import type { MediaKind } from '../../media/media-type.ts'
import type { MediaFacts } from '../../media/probe/media-facts.ts'
import type { InfoHash } from '../../torrents/metainfo/info-hash.ts'
import type { FactProperty } from '../facts/facts-source.ts'
import { FactsFile, type FactsRecord } from './facts-file.ts'

/** Read at a start at the same time. */
const OPENED_AT_ONCE = 8

/**
 * What is known of the files of all torrents, kept for ever, a file for each torrent: facts of a
 * torrent that was removed are there when it comes back.
 */
export class FactsStore {
  readonly #folder: string
  readonly #log: Logger
  readonly #files = new Map<InfoHash, FactsFile>()
  readonly #opening = new Map<InfoHash, Promise<void>>()
  readonly #turns = new Semaphore(OPENED_AT_ONCE)

  /** @param folder - Made when the first fact is written. */
  constructor(folder: string, log: Logger) {
    this.#folder = folder
    this.#log = log
  }

  /** Reads what is kept of a torrent; what cannot be read is logged, and begins anew. */
  open(infoHash: InfoHash): Promise<void> {
    if (this.#files.has(infoHash)) return Promise.resolve()
    const opening = this.#opening.get(infoHash) ?? this.#turns.run(() => this.#open(infoHash))
    this.#opening.set(infoHash, opening)
    return opening
  }

  /** Frees the memory; nothing on the disk is touched. */
  forget(infoHash: InfoHash): void {
    this.#files.delete(infoHash)
    this.#opening.delete(infoHash)
  }

  /** `undefined` where nothing is kept, or it was not opened. */
  get(infoHash: InfoHash, fileIndex: number): FactsRecord | undefined {
    return this.#files.get(infoHash)?.get(fileIndex)
  }

  factsOf(infoHash: InfoHash, fileIndex: number): MediaFacts | undefined {
    return this.get(infoHash, fileIndex)?.facts ?? undefined
  }

  /** As `FactsSource.propertyOf`. */
  propertyOf(
    infoHash: InfoHash,
    fileIndex: number,
    property: FactProperty,
    listedAs: MediaKind,
  ): string | number | null {
    return this.#files.get(infoHash)?.propertyOf(fileIndex, property, listedAs) ?? null
  }

  has(infoHash: InfoHash, fileIndex: number): boolean {
    return this.#files.get(infoHash)?.has(fileIndex) ?? false
  }

  /** They were made by an earlier version, which did not look at all that is told now. */
  isOutdated(infoHash: InfoHash, fileIndex: number): boolean {
    return this.#files.get(infoHash)?.isOutdated(fileIndex) ?? false
  }

  isPartial(infoHash: InfoHash, fileIndex: number): boolean {
    return this.#files.get(infoHash)?.isPartial(fileIndex) ?? false
  }

  /** Bytes fetched to look at files of the torrent. */
  fetchedBytes(infoHash: InfoHash): number {
    return this.#files.get(infoHash)?.fetchedBytes ?? 0
  }

  /** There is room for more of this torrent. */
  hasRoom(infoHash: InfoHash): boolean {
    return this.#files.get(infoHash)?.isFull === false
  }

  /** What cannot be written is logged: it counts until the server ends. */
  async set(infoHash: InfoHash, fileIndex: number, record: FactsRecord): Promise<void> {
    try {
      await this.#files.get(infoHash)?.set(fileIndex, record)
    } catch (error) {
      this.#log.warn({ err: error, infoHash }, 'cannot keep what is known of a file')
    }
  }

  async #open(infoHash: InfoHash): Promise<void> {
    const path = join(this.#folder, `${infoHash}.jsonl`)
    try {
      this.#files.set(infoHash, await FactsFile.open(path))
    } catch (error) {
      this.#log.warn({ err: error, path }, 'cannot read what is known of files')
    } finally {
      this.#opening.delete(infoHash)
    }
  }
}
