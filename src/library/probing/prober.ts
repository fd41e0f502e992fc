import { inTurns } from '../../concurrency/in-turns.ts'
import { nextTurn } from '../../concurrency/next-turn.ts'
import type { Logger } from '../../log.ts'
import type { MediaKind } from '../../media/media-type.ts'
import type { MediaFacts } from '../../media/probe/media-facts.ts'
import { type MediaProbe, ProbeError } from '../../media/probe/media-probe.ts'
import type { InfoHash } from '../../torrents/metainfo/info-hash.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import { TorrentError } from '../../torrents/torrent-error.ts'
import type { FactProperty, FactsSource, Probing } from '../facts/facts-source.ts'
import type { FactsRecord } from './facts-file.ts'
import type { FactsStore } from './facts-store.ts'
import { FetchAllowance } from './fetch-allowance.ts'
import { type Choice, ProbeChoice } from './probe-choice.ts'
import { ProbeQueue } from './probe-queue.ts'
import type { ProbedSource, ProbedTorrent, Starvation } from './probed-torrent.ts'
import { NotNowError, QuietReader } from './quiet-reader.ts'

/** A file that is downloaded anyway is read as far as it takes. */
const READ_OF_A_FILE = 16 * 1024 * 1024
/** How long until what cannot be probed now is looked at again; ms. */
const LOOK_AGAIN_MS = 2_000
/** What is kept of so many torrents is read before anybody is answered. */
const AT_ONCE = 500
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

/**
 * Finds out what the files of all torrents are, one after another, and keeps it for ever. With on-demand
 * downloading only what somebody looks at, or adds, is fetched for it, within limits; otherwise the
 * files that are downloaded anyway are probed first of all.
 */
export class Prober implements FactsSource {
  readonly #options: ProberOptions
  readonly #queues = new Map<InfoHash, ProbeQueue>()
  readonly #allowance: FetchAllowance
  readonly #choice: ProbeChoice
  readonly #closing = new AbortController()
  #probed: ProbeQueue | null = null
  #listener: (infoHash: InfoHash, fileIndex: number) => void = () => {}
  #current: { readonly infoHash: InfoHash; readonly abort: AbortController } | null = null
  #wake: () => void = () => {}
  #running: Promise<void> = Promise.resolve()
  #warnings = 0
  #version = 0

  constructor(options: ProberOptions) {
    const { store } = options
    this.#options = options
    this.#allowance = new FetchAllowance(store, options)
    this.#choice = new ProbeChoice({
      store,
      allowance: this.#allowance,
      signal: this.#closing.signal,
    })
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
    if (queue !== undefined) this.#choice.remove(queue)
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
    this.#choice.add(queue)
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
      return await this.#choice.next()
    } catch (error) {
      this.#options.log.error({ err: error }, 'cannot tell what to probe next')
      return null
    }
  }

  /** Until something changes; what is pending is looked at again by itself. */
  async #rest(): Promise<void> {
    const { isPending } = this.#choice
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
      if (this.#allowance.beginningOf(torrent, file) === 'out-of-reach') {
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

  async #look(
    torrent: ProbedTorrent,
    file: TorrentFile,
    signal: AbortSignal,
  ): Promise<FactsRecord> {
    const { probe, starvation } = this.#options
    const reader = new QuietReader({
      ...{ torrent, fileIndex: file.index, length: file.length, starvation, signal },
      mayFetch: this.#allowance.of(torrent, file),
    })
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
