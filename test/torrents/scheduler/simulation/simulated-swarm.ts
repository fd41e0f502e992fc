import { silentLogger } from '../../../../src/log.ts'
import type {
  BackgroundMember,
  BackgroundShare,
} from '../../../../src/torrents/download/background-share.ts'
import { Downloader } from '../../../../src/torrents/download/downloader.ts'
import { StreamSupply } from '../../../../src/torrents/download/stream-supply.ts'
import { Bitfield } from '../../../../src/torrents/pieces/bitfield.ts'
import { BlockProvenance } from '../../../../src/torrents/pieces/block-provenance.ts'
import { PieceLayout } from '../../../../src/torrents/pieces/piece-layout.ts'
import { UNLIMITED } from '../../../../src/torrents/rates/throttle.ts'
import { BlockScheduler } from '../../../../src/torrents/scheduler/scheduler.ts'
import { BackgroundBudget } from '../../../../src/torrents/session/background-budget.ts'
import { FileStream } from '../../../../src/torrents/streams/file-stream.ts'
import { TorrentStreams } from '../../../../src/torrents/streams/torrent-streams.ts'
import { EventQueue } from './event-queue.ts'
import { seededRandom } from './random.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { type PeerFacts, SimulatedPeer } from './simulated-peer.ts'
import { type ReaderFacts, SimulatedReader } from './simulated-reader.ts'
import { SimulatedStore } from './simulated-store.ts'
import { SimulatedWire, type WireWatcher, type WireWorld } from './simulated-wire.ts'

/** For hundreds of swarms on a machine that does other things as well. */
export const SIMULATION_TIMEOUT_MS = 120_000
const READER_TICK_MS = 20
/** What follows from a block by promises alone, comparing two copies included, takes fewer turns. */
const TURNS = 6
/** A reader may read all of a file at once. */
const MOST_ROUNDS = 1_000_000

export interface SwarmOptions {
  readonly pieceLength: number
  readonly length: number
  readonly verification: 'proven' | 'always' | 'off'
  readonly seed: number
  readonly peers: readonly PeerFacts[]
  /** Everything selected, or only what streams want. */
  readonly onDemand?: boolean
  /** Of our own line; unlimited by default. */
  readonly downlinkBytesPerMs?: number
  readonly backgroundBytesLimit?: number
}

/** Sees what passes between the downloader and the peers. */
export interface Watcher extends WireWatcher {
  /** The downloader has made a plan, or done whatever else it had an appointment for. */
  planned?(): void
  /** The wire is closed. */
  closed?(wire: SimulatedWire): void
}

/** The real downloader and its streams, with simulated peers, store and readers under a clock of their own. */
export class SimulatedSwarm {
  readonly events = new EventQueue()
  readonly clock = new SimulatedClock(this.events)
  readonly budget = new BackgroundBudget((delayMs, run) => this.clock.after(delayMs, run))
  readonly options: SwarmOptions
  readonly layout: PieceLayout
  readonly have: Bitfield
  readonly store: SimulatedStore
  readonly scheduler: BlockScheduler
  readonly streams: TorrentStreams
  readonly downloader: Downloader
  readonly peers: SimulatedPeer[] = []
  /** Connected. */
  readonly wires = new Map<number, SimulatedWire>()
  readonly readers = new Set<SimulatedReader>()
  readonly banned = new Set<string>()
  watcher: Watcher = {}
  arrivedBytes = 0
  plans = 0
  readonly #random: () => number
  readonly #supply: StreamSupply
  readonly #world: WireWorld
  readonly #ticking = new Set<SimulatedReader>()
  #background: BackgroundMember | null = null
  #backgroundLimit = Number.POSITIVE_INFINITY
  #lies = 0
  #lineFreeAt = 0
  /** Promises may have something to do. */
  #isStirred = false

  constructor(options: SwarmOptions) {
    const { pieceLength, length, verification, seed, backgroundBytesLimit } = options
    this.options = options
    this.#random = seededRandom(seed)
    this.layout = new PieceLayout(pieceLength, length)
    this.have = new Bitfield(this.layout.pieceCount)
    this.store = new SimulatedStore(this.layout, this.events)
    this.streams = new TorrentStreams(() => this.events.now)
    const { layout } = this
    const provenance = new BlockProvenance(layout, verification)
    this.scheduler = new BlockScheduler({
      ...{ layout, provenance, random: seededRandom(seed + 1) },
      ...(backgroundBytesLimit === undefined ? {} : { backgroundBytesLimit }),
    })
    const { have, store, scheduler, streams, clock } = this
    this.downloader = new Downloader({
      ...{ clock, store, scheduler, provenance, streams, have, log: silentLogger() },
      metainfo: { layout, files: [] },
      onPiece: () => {},
      joinBackground: (member) => this.#joinBackground(member),
      throttle: UNLIMITED,
    })
    store.listener = this.downloader.storeListener
    this.#supply = new StreamSupply({
      ...{ layout, have, streams, store, provenance, downloader: this.downloader },
      isKept: () => false,
      lastUse: { mark() {} },
      read: (offset, target) => store.read(offset, target),
    })
    this.#world = {
      listener: this.downloader.wireListener,
      watcher: () => this.watcher,
      lie: () => ++this.#lies,
      throughLine: (bytes, run) => this.#throughLine(bytes, run),
      told: () => this.#stir(),
      closed: (wire) => {
        this.wires.delete(wire.id)
        this.watcher.closed?.(wire)
      },
    }
    store.told = () => this.#stir()
    clock.kept = () => {
      this.plans++
      this.watcher.planned?.()
    }
    const ban = (peer: string): void => this.#ban(peer)
    this.downloader.attach({ have: () => {}, lost: () => {}, gavePiece: () => {}, ban })
    const all = new Uint8Array(Math.ceil(this.layout.pieceCount / 8)).fill(0xff)
    this.downloader.select(options.onDemand === false ? all : null)
    for (const facts of options.peers) this.addPeer(facts)
  }

  get now(): number {
    return this.events.now
  }

  addPeer(facts: PeerFacts): SimulatedPeer {
    const peer = new SimulatedPeer(this.peers.length + 1, facts, this.events, this.#random)
    this.peers.push(peer)
    this.events.at(facts.joinsAt ?? 0, () => this.#connect(peer))
    if (facts.leavesAt !== undefined) {
      this.events.at(facts.leavesAt, () => this.wires.get(peer.id)?.destroy())
    }
    return peer
  }

  open(facts: ReaderFacts, position = facts.from): SimulatedReader {
    const reader = new SimulatedReader(facts, position, {
      open: (options) => new FileStream(this.#supply, options),
      now: () => this.now,
    })
    this.readers.add(reader)
    this.#tick(reader)
    return reader
  }

  seek(reader: SimulatedReader, position: number): void {
    reader.seek(position)
    this.#tick(reader)
  }

  pause(reader: SimulatedReader, isPaused: boolean): void {
    reader.pause(isPaused)
    this.#tick(reader)
  }

  close(reader: SimulatedReader): void {
    reader.close()
    this.readers.delete(reader)
    this.#stir()
  }

  /** Lets the world go on until `time`, or until `isEnough`. */
  async run(time: number, isEnough: () => boolean = () => false): Promise<void> {
    if (this.#isStirred) await this.#settle()
    while (this.events.nextAt <= time && !isEnough()) {
      this.events.step()
      if (this.#isStirred) await this.#settle()
    }
    if (!isEnough()) this.events.now = Math.max(this.now, time)
  }

  /** What is fetched for nobody is held to this, too; bytes per second. */
  limitBackground(bytesPerSecond: number): void {
    this.#backgroundLimit = bytesPerSecond
    this.#background?.changed()
  }

  #joinBackground(member: BackgroundMember): BackgroundShare {
    this.#background = member
    const share = this.budget.join(member)
    const limit = (): number => Math.min(share.bytesPerSecond, this.#backgroundLimit)
    return {
      get bytesPerSecond() {
        return limit()
      },
      starves: share.starves,
      leave: share.leave,
    }
  }

  #ban(endpoint: string): void {
    this.banned.add(endpoint)
    for (const wire of [...this.wires.values()]) {
      if (wire.peer.endpoint === endpoint) wire.destroy()
    }
  }

  #stir(): void {
    this.#isStirred = true
  }

  /** All that follows by promises alone has happened. */
  async #settle(): Promise<void> {
    this.#isStirred = false
    for (let rounds = 0; rounds === 0 || this.#isBusy; rounds++) {
      if (rounds > MOST_ROUNDS) throw new Error('a reader goes on for ever without time')
      for (let turn = 0; turn < TURNS; turn++) await null
    }
  }

  get #isBusy(): boolean {
    for (const reader of this.readers) if (reader.isBusy) return true
    return false
  }

  /** Looks at the reader again and again, as long as it reads. */
  #tick(reader: SimulatedReader): void {
    reader.tick()
    this.#stir()
    if (this.#ticking.has(reader)) return
    this.#ticking.add(reader)
    this.events.after(READER_TICK_MS, () => {
      this.#ticking.delete(reader)
      if (!reader.isClosed && !reader.isPaused && !reader.isDone) this.#tick(reader)
    })
  }

  #connect(peer: SimulatedPeer): void {
    const { facts } = peer
    const wire = new SimulatedWire(peer, this.#piecesOf(peer), this.#world)
    peer.isConnected = true
    peer.listener = wire
    this.wires.set(peer.id, wire)
    const { listener } = this.#world
    listener.wireEvent(wire, { kind: 'opened' })
    for (const event of wire.known()) listener.wireEvent(wire, event)
    if (facts.waitsForInterest !== true) peer.choke(false)
    for (const [index, at] of (facts.chokesAt ?? []).entries()) {
      this.events.at(at, () => peer.choke(index % 2 === 0))
    }
  }

  /** `null` where it has all. */
  #piecesOf(peer: SimulatedPeer): Uint8Array | null {
    if (peer.facts.pieces === undefined) return null
    const pieces = new Bitfield(this.layout.pieceCount)
    for (let piece = 0; piece < this.layout.pieceCount; piece++) {
      if (peer.has(piece)) pieces.set(piece)
    }
    return pieces.bytes
  }

  #throughLine(bytes: number, run: () => void): void {
    const { downlinkBytesPerMs } = this.options
    if (downlinkBytesPerMs === undefined) {
      this.arrivedBytes += bytes
      run()
      return
    }
    this.#lineFreeAt = Math.max(this.#lineFreeAt, this.now) + bytes / downlinkBytesPerMs
    this.events.at(this.#lineFreeAt, () => {
      this.arrivedBytes += bytes
      run()
    })
  }
}
