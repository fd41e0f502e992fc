import { availableParallelism } from 'node:os'
import { Semaphore } from '../../concurrency/semaphore.ts'
import type { Logger } from '../../log.ts'
import { PictureError } from '../../media/pictures/picture-error.ts'
import type { PictureMaker } from '../../media/pictures/picture-maker.ts'
import type { PictureProfile } from '../../media/pictures/picture-profile.ts'
import type { InfoHash } from '../../torrents/metainfo/info-hash.ts'
import type { ImageFetcher } from './image-fetcher.ts'
import type { PictureCache } from './picture-cache.ts'
import type { PictureFinder } from './picture-finder.ts'
import { nameOfSource, type PictureSource } from './picture-source.ts'

/** Whoever asks waits so long for an image that has to be fetched; ms. */
const PATIENCE_MS = 3_000
/** An image that could not be fetched is tried again after; ms. */
const RETRY_MS = 20_000
/** Images of which is remembered that no picture can be made of them, or not now. */
const MOST_REMEMBERED = 10_000

/** A JPEG picture. */
export interface Picture {
  readonly bytes: Buffer
  /** Names the bytes; the same as long as they are. */
  readonly key: string
  /** False where a better one may come. */
  readonly isFinal: boolean
}

export interface PicturesOptions {
  readonly finder: PictureFinder
  readonly fetcher: ImageFetcher
  readonly maker: PictureMaker
  readonly cache: PictureCache
  /** Milliseconds, never going back. */
  readonly now: () => number
  readonly patienceMs?: number
  /** Told of each image file of which no picture can be made, now and later. */
  readonly onBroken?: (infoHash: InfoHash, fileIndex: number) => void
  readonly log: Logger
}

/**
 * Each in a thread of its own; those threads read files and names as well. One processor is left to everything else: a
 * picture of 24 megapixels is seconds of work, in which a film would stutter.
 */
const MOST_MADE_AT_ONCE = Math.max(1, Math.min(2, availableParallelism() - 1))
/** Pictures that wait to be made. */
const MOST_WAITING = 256

type Found = Exclude<PictureSource, { kind: 'drawn' }>

/**
 * Pictures of the objects of the library: of their images, as far as they are there or come in time, or drawn. An
 * image that is none costs one line of the log.
 */
export class Pictures {
  readonly #options: PicturesOptions
  readonly #places = new Semaphore(MOST_MADE_AT_ONCE)
  #waiting = 0
  readonly #making = new Map<string, Promise<Buffer | null>>()
  /** Drawn pictures that are written to the disk; nobody waits for them. */
  readonly #keeping = new Set<Promise<void>>()
  /** When an image may be tried again; never again: infinite. */
  readonly #failed = new Map<string, number>()

  constructor(options: PicturesOptions) {
    this.#options = options
  }

  /** `null` if there is no such object. Rejects with PictureError where not even one can be drawn. */
  async get(objectId: string, profile: PictureProfile): Promise<Picture | null> {
    const { finder, patienceMs = PATIENCE_MS } = this.#options
    const choice = await finder.find(objectId)
    if (choice === null) return null
    let isFinal = true
    const until = this.#options.now() + patienceMs
    for (const source of choice.sources) {
      const key = `${nameOfSource(source)}-${profile}`
      const made = this.#picture(key, source, profile)
      const bytes = await inTime(made, until - this.#options.now())
      if (bytes !== null) return { bytes, key, isFinal }
      if (this.#failed.get(nameOfSource(source)) !== Number.POSITIVE_INFINITY) isFinal = false
    }
    return await this.#drawn(choice.subject, profile, isFinal && choice.isSettled)
  }

  /** Ends what is fetched; resolves when nothing is written any more. */
  async close(): Promise<void> {
    this.#options.fetcher.close()
    await Promise.allSettled([...this.#making.values(), ...this.#keeping])
  }

  async #drawn(
    subject: Extract<PictureSource, { kind: 'drawn' }>['subject'],
    profile: PictureProfile,
    isFinal: boolean,
  ): Promise<Picture> {
    const { cache, maker } = this.#options
    const key = `${nameOfSource({ kind: 'drawn', subject })}-${profile}`
    const kept = await cache.get(key)
    if (kept !== null) return { bytes: kept, key, isFinal }
    const bytes = await this.#run(() => maker.drawn(subject, profile))
    const keeping = cache.put(key, bytes).finally(() => this.#keeping.delete(keeping))
    this.#keeping.add(keeping)
    return { bytes, key, isFinal }
  }

  /** The same for all who ask meanwhile. */
  #picture(key: string, source: Found, profile: PictureProfile): Promise<Buffer | null> {
    const making =
      this.#making.get(key) ??
      this.#make(key, source, profile).finally(() => this.#making.delete(key))
    this.#making.set(key, making)
    return making
  }

  async #make(key: string, source: Found, profile: PictureProfile): Promise<Buffer | null> {
    const { cache, fetcher, maker, now } = this.#options
    const kept = await cache.get(key)
    if (kept !== null) return kept
    const name = nameOfSource(source)
    if ((this.#failed.get(name) ?? 0) > now()) return null
    try {
      const image = await fetcher.fetch(source)
      const bytes = await this.#run(() => maker.resized(image, profile))
      await cache.put(key, bytes)
      return bytes
    } catch (error) {
      this.#onFailure(name, source, error)
      return null
    }
  }

  async #run(work: () => Promise<Buffer>): Promise<Buffer> {
    if (this.#waiting >= MOST_WAITING) {
      throw new PictureError('busy', 'too many pictures wait to be made')
    }
    this.#waiting++
    try {
      return await this.#places.run(work)
    } finally {
      this.#waiting--
    }
  }

  #onFailure(name: string, { infoHash, fileIndex, kind }: Found, error: unknown): void {
    const { log, now, onBroken } = this.#options
    const isForGood = error instanceof PictureError && error.kind !== 'busy'
    this.#failed.delete(name)
    this.#failed.set(name, isForGood ? Number.POSITIVE_INFINITY : now() + RETRY_MS)
    const [oldest] = this.#failed.keys()
    if (this.#failed.size > MOST_REMEMBERED && oldest !== undefined) this.#failed.delete(oldest)
    const facts = { infoHash, file: fileIndex, where: kind }
    if (isForGood) {
      if (kind === 'file') onBroken?.(infoHash, fileIndex)
      const message = `no picture can be made of an image: ${error.message}`
      log.warn({ ...facts, fault: error.kind }, message)
    } else log.debug({ ...facts, err: error }, 'an image cannot be had now')
  }
}

/** What a promise gives within so many milliseconds, else `null`. */
async function inTime<Result>(
  promise: Promise<Result>,
  milliseconds: number,
): Promise<Result | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), Math.max(0, milliseconds))
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
