import { inTurns } from '../../concurrency/in-turns.ts'
import { nextTurn } from '../../concurrency/next-turn.ts'
import type { Logger } from '../../log.ts'
import type { MediaKind } from '../../media/media-type.ts'
import type { MediaFacts } from '../../media/probe/media-facts.ts'
import { type MediaProbe, ProbeError } from '../../media/probe/media-probe.ts'
import type { InfoHash } from '../../torrents/metainfo/info-hash.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import type { ByteRange } from '../../torrents/pieces/byte-range.ts'
import { TorrentError } from '../../torrents/torrent-error.ts'
import type { FactProperty, FactsSource, Probing } from '../facts/facts-source.ts'
import type { FactsRecord } from './facts-file.ts'
import type { FactsStore } from './facts-store.ts'
import { ProbeQueue } from './probe-queue.ts'
import type { ProbedSource, ProbedTorrent, Starvation } from './probed-torrent.ts'
import { NotNowError, QuietReader } from './quiet-reader.ts'

/** What may be fetched of one file that nobody downloads, and of all of a torrent; bytes. */
const FETCHED_OF_A_FILE = 8_000_000
const FETCHED_OF_A_TORRENT = 64_000_000
/** A file that is downloaded anyway is read as far as it takes. */
const READ_OF_A_FILE = 16 * 1024 * 1024
/** What every probe begins with; where it is not here and cannot come, none begins. */
const HEAD: ByteRange = { start: 0, end: 64 * 1024 - 1 }
/** How long until what cannot be probed now is looked at again; ms. */
const LOOK_AGAIN_MS = 2_000
/** What is kept of so many torrents is read before anybody is answered. */
const AT_ONCE = 500
/** Torrents are gone through for so long at a time, so that ten thousand hold up nobody; ms. */
const SLICE_MS = 8
/** A message about every file of thousands helps nobody. */
const MOST_WARNINGS = 20

export interface ProberOptions {
  readonly source: ProbedSource
  readonly store: FactsStore
  readonly probe: MediaProbe
  readonly starvation: Starvation
  /** Only what somebody streams is downloaded. */
  readonly onDemand: boolean
  readonly log: Logger
}

interface Choice {
  readonly queue: ProbeQueue
  readonly file: TorrentFile
  /** Nothing has to be fetched for it. */
  readonly isHere: boolean
}

/**
 * Finds out what the files of all torrents are, one after another, and keeps it for ever. With on-demand
 * downloading only what somebody looks at, or adds, is fetched for it, within limits; otherwise the
 * files that are downloaded anyway are probed first of all.
 */
export class Prober implements FactsSource {
  readonly #options: ProberOptions
  readonly #queues = new Map<InfoHash, ProbeQueue>()
  /** Those that may have something to be probed, now or later: of ten thousand only a few. */
  readonly #ready = new Set<ProbeQueue>()
  readonly #closing = new AbortController()
  #probed: ProbeQueue | null = null
  #listener: (infoHash: InfoHash, fileIndex: number) => void = () => {}
  #current: { readonly infoHash: InfoHash; readonly abort: AbortController } | null = null
  #wake: () => void = () => {}
  /** Since the last look there is more to be looked at. */
  #hasNews = false
  #running: Promise<void> = Promise.resolve()
  #warnings = 0
  #version = 0

  constructor(options: ProberOptions) {
    this.#options = options
  }

  /** Reads what is kept of the torrents that are there, and begins. */
  async start(): Promise<void> {
    const { source, store, onDemand } = this.#options
    source.on('added', this.#onAdded)
    source.on('changed', this.#onChanged)
    source.on('removed', this.#onRemoved)
    const { torrents } = source
    const isMany = torrents.length > AT_ONCE
    const open = async (torrent: ProbedTorrent): Promise<void> => {
      await store.open(torrent.infoHash)
      if (isMany && !source.torrents.includes(torrent)) store.forget(torrent.infoHash)
      else this.#queue(torrent, !onDemand)
    }
    // Of very many it is read while the server answers already.
    if (isMany) await inTurns(torrents, (torrent) => void open(torrent))
    else await Promise.all(torrents.map(open))
    this.#running = this.#run()
  }

  factsOf(infoHash: InfoHash, fileIndex: number): MediaFacts | undefined {
    return this.#options.store.factsOf(infoHash, fileIndex)
  }

  propertyOf(
    infoHash: InfoHash,
    fileIndex: number,
    property: FactProperty,
    listedAs: MediaKind,
  ): string | number | null {
    return this.#options.store.propertyOf(infoHash, fileIndex, property, listedAs)
  }

  /** No picture can be made of an image, whatever its head says. */
  async noteBroken(infoHash: InfoHash, fileIndex: number): Promise<void> {
    const record = this.#options.store.get(infoHash, fileIndex)
    if (record?.facts?.kind !== 'image' || record.facts.isBroken) return
    const facts = { ...record.facts, isBroken: true as const }
    await this.#options.store.set(infoHash, fileIndex, { ...record, facts, fetchedBytes: 0 })
    this.#version++
    this.#listener(infoHash, fileIndex)
  }

  get probing(): Probing | null {
    if (this.#probed === null) return null
    return { infoHash: this.#probed.torrent.infoHash, ...this.#probed.progress }
  }

  get version(): number {
    return this.#version
  }

  lookedAt(infoHash: InfoHash, fileIndices: readonly number[]): void {
    const queue = this.#queues.get(infoHash)
    if (queue === undefined) return
    queue.lookAt(fileIndices)
    this.#putReady(queue)
  }

  onFacts(listener: (infoHash: InfoHash, fileIndex: number) => void): void {
    this.#listener = listener
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    const { source } = this.#options
    source.off('added', this.#onAdded)
    source.off('changed', this.#onChanged)
    source.off('removed', this.#onRemoved)
    this.#closing.abort()
    this.#current?.abort.abort(new NotNowError('the server ends'))
    this.#wake()
    await this.#running
  }

  readonly #onAdded = (torrent: ProbedTorrent): void => {
    void this.#add(torrent)
  }

  readonly #onChanged = (torrent: ProbedTorrent): void => {
    const queue = this.#queues.get(torrent.infoHash)
    if (queue === undefined) return
    queue.changed()
    this.#putReady(queue)
  }

  readonly #onRemoved = ({ infoHash }: ProbedTorrent): void => {
    const queue = this.#queues.get(infoHash)
    if (queue !== undefined) this.#ready.delete(queue)
    this.#queues.delete(infoHash)
    this.#options.store.forget(infoHash)
    if (this.#current?.infoHash === infoHash) {
      this.#current.abort.abort(new NotNowError('the torrent was removed'))
    }
  }

  async #add(torrent: ProbedTorrent): Promise<void> {
    await this.#options.store.open(torrent.infoHash)
    if (this.#options.source.torrents.includes(torrent)) this.#queue(torrent, true)
    else this.#options.store.forget(torrent.infoHash)
  }

  #queue(torrent: ProbedTorrent, wantsAll: boolean): void {
    const queue = new ProbeQueue(torrent, this.#options.store)
    if (wantsAll) queue.wantAll()
    this.#queues.set(torrent.infoHash, queue)
    this.#putReady(queue)
  }

  #putReady(queue: ProbeQueue): void {
    this.#ready.add(queue)
    this.#hasNews = true
    this.#wake()
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      // Between any two: however many files there are, whoever else has work comes in between.
      await nextTurn()
      const chosen = await this.#chooseSafely()
      if (chosen === 'later') continue
      if (chosen === null) {
        this.#probed = null
        await this.#rest()
      } else await this.#probe(chosen.queue, chosen.file)
    }
  }

  /** What is wrong with one torrent must not end all probing. */
  async #chooseSafely(): Promise<Choice | 'later' | null> {
    try {
      return await this.#choose()
    } catch (error) {
      this.#options.log.error({ err: error }, 'cannot tell what to probe next')
      return null
    }
  }

  /** What is here comes before what has to be fetched, which may not come at all. */
  async #choose(): Promise<Choice | 'later' | null> {
    this.#hasNews = false
    let isSearching = false
    let toFetch: Choice | null = null
    for await (const queue of this.#inSlices(this.#ready)) {
      const choice = this.#choiceOf(queue)
      if (choice === 'later') isSearching = true
      else if (choice?.isHere) return choice
      else toFetch ??= choice
    }
    // It may have been removed since.
    if (toFetch !== null && !this.#ready.has(toFetch.queue)) return 'later'
    return toFetch ?? (isSearching || this.#hasNews ? 'later' : null)
  }

  /** What is to be probed next of one torrent; `null` for nothing now, `later` where it is not known yet. */
  #choiceOf(queue: ProbeQueue): Choice | 'later' | null {
    const { torrent } = queue
    if (queue.isPaused(performance.now()) || !this.#options.store.hasRoom(torrent.infoHash)) {
      return null
    }
    const fileIndex = queue.next()
    if (fileIndex === undefined) this.#ready.delete(queue)
    const file = torrent.files[fileIndex ?? -1]
    if (file === undefined) return fileIndex === null ? 'later' : null
    const isHere = torrent.missingBytes(file.index, HEAD) === 0
    if (isHere || this.#mayBegin(torrent, file)) return { queue, file, isHere }
    // At once: of thousands that are paused none is to be gone through again for each of the others.
    queue.skip(file.index)
    return 'later'
  }

  /** Those that are still ready; others have their turn in between. */
  async *#inSlices(ready: ReadonlySet<ProbeQueue>): AsyncGenerator<ProbeQueue> {
    let pauseAt = performance.now() + SLICE_MS
    for (const queue of ready) {
      if (performance.now() >= pauseAt) {
        await nextTurn()
        if (this.#closing.signal.aborted) return
        pauseAt = performance.now() + SLICE_MS
      }
      if (ready.has(queue)) yield queue
    }
  }

  /** Until something changes; what is pending is looked at again by itself. */
  async #rest(): Promise<void> {
    const isPending = [...this.#ready].some((queue) => queue.isPending)
    await new Promise<void>((resolve) => {
      const timer = isPending ? setTimeout(resolve, LOOK_AGAIN_MS).unref() : undefined
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
      if (this.#closing.signal.aborted) this.#wake()
    })
    this.#wake = () => {}
  }

  async #probe(queue: ProbeQueue, file: TorrentFile): Promise<void> {
    const { torrent } = queue
    const { infoHash } = torrent
    const abort = new AbortController()
    this.#current = { infoHash, abort }
    try {
      if (!this.#mayBegin(torrent, file)) {
        queue.skip(file.index)
        return
      }
      this.#probed = queue
      const record = await this.#look(torrent, file, abort.signal)
      await this.#keep(queue, file, record)
    } catch (error) {
      await this.#onFailure(queue, file, error)
    } finally {
      this.#current = null
    }
  }

  /** False where its first bytes are not here and may or can not be fetched. */
  #mayBegin(torrent: ProbedTorrent, file: TorrentFile): boolean {
    const missing = torrent.missingBytes(file.index, HEAD)
    if (missing === 0) return true
    return torrent.state.kind === 'live' && missing <= this.#mayFetch(torrent, file)
  }

  #mayFetch(torrent: ProbedTorrent, file: TorrentFile): number {
    const { onDemand, store } = this.#options
    if (!onDemand && torrent.isSelected(file.index)) return Number.POSITIVE_INFINITY
    const left = FETCHED_OF_A_TORRENT - store.fetchedBytes(torrent.infoHash)
    return Math.max(0, Math.min(FETCHED_OF_A_FILE, left))
  }

  async #look(
    torrent: ProbedTorrent,
    { index, length }: TorrentFile,
    signal: AbortSignal,
  ): Promise<FactsRecord> {
    const { probe, starvation } = this.#options
    const mayFetch = this.#mayFetch(torrent, torrent.files[index] as TorrentFile)
    const options = { torrent, fileIndex: index, length, mayFetch, starvation, signal }
    const reader = new QuietReader(options)
    try {
      const facts = await probe.probe(reader, { signal, maxBytes: READ_OF_A_FILE })
      return { facts, isPartial: reader.isRefused, fetchedBytes: reader.fetchedBytes }
    } finally {
      reader.close()
    }
  }

  async #keep(queue: ProbeQueue, file: TorrentFile, record: FactsRecord): Promise<void> {
    const { infoHash } = queue.torrent
    queue.done(file.index)
    await this.#options.store.set(infoHash, file.index, record)
    const { facts, fetchedBytes } = record
    this.#options.log.debug(
      { infoHash, file: file.index, kind: facts?.kind ?? null, fetchedBytes },
      'file probed',
    )
    this.#version++
    if (facts !== null) this.#listener(infoHash, file.index)
  }

  async #onFailure(queue: ProbeQueue, file: TorrentFile, error: unknown): Promise<void> {
    const { infoHash } = queue.torrent
    if (error instanceof NotNowError) {
      queue.pause(performance.now())
      return
    }
    if (error instanceof ProbeError && (error.kind === 'busy' || error.kind === 'closed')) {
      queue.pause(performance.now())
      return
    }
    const isTorrent = error instanceof TorrentError
    if (!isTorrent && this.#warnings++ < MOST_WARNINGS) {
      this.#options.log.warn({ err: error, infoHash, file: file.index }, 'cannot probe a file')
    }
    // A fault of the file, or a torrent that is not ready: both are tried again after a change.
    if (isTorrent) queue.skip(file.index)
    else if (queue.failed(file.index)) {
      await this.#keep(queue, file, { facts: null, isPartial: false, fetchedBytes: 0 })
    }
  }
}
