import { SmartBan } from '../../../../src/torrents/download/smart-ban.ts'
import { BlockProvenance } from '../../../../src/torrents/pieces/block-provenance.ts'
import { PieceLayout } from '../../../../src/torrents/pieces/piece-layout.ts'
import type { SchedulerAction } from '../../../../src/torrents/scheduler/model/scheduler-action.ts'
import { BlockScheduler } from '../../../../src/torrents/scheduler/scheduler.ts'
import { EventQueue } from './event-queue.ts'
import { seededRandom } from './random.ts'
import { type Asked, type PeerFacts, SimulatedPeer } from './simulated-peer.ts'
import { type ReaderFacts, SimulatedReader } from './simulated-reader.ts'
import { SimulatedStore } from './simulated-store.ts'

const BLOCK = 16_384
/** For hundreds of swarms on a machine that does other things as well. */
export const SIMULATION_TIMEOUT_MS = 120_000
const HASH_MS = 5
const READER_TICK_MS = 20

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

/** Sees what passes between the scheduler and the peers. */
export interface Watcher {
  /** A message is about to be sent. */
  sent?(action: SchedulerAction): void
  /** The peer's answer to a request, or its refusal, has come. */
  answered?(peer: SimulatedPeer, piece: number, offset: number): void
  /** All that was asked of the peer is forgotten. */
  forgotten?(peer: SimulatedPeer): void
}

/** A scheduler with peers, a store and readers, in a world with its own clock. */
export class SimulatedSwarm {
  readonly events = new EventQueue()
  readonly scheduler: BlockScheduler
  readonly layout: PieceLayout
  readonly provenance: BlockProvenance
  readonly store: SimulatedStore
  readonly peers: SimulatedPeer[] = []
  readonly readers = new Map<number, SimulatedReader>()
  readonly random: () => number
  readonly options: SwarmOptions
  arrivedBytes = 0
  freshBytes = 0
  secondBytes = 0
  unwantedBytes = 0
  plans = 0
  cancels = 0
  watcher: Watcher = {}
  readonly #ticking = new Set<SimulatedReader>()
  readonly smartBan = new SmartBan()
  readonly banned = new Set<string>()
  wrongPieces = 0
  #lies = 0
  #isPlanDue = false
  #lineFreeAt = 0
  #readerCount = 0

  constructor(options: SwarmOptions) {
    this.options = options
    this.random = seededRandom(options.seed)
    this.layout = new PieceLayout(options.pieceLength, options.length)
    this.provenance = new BlockProvenance(this.layout, options.verification)
    this.store = new SimulatedStore(this.layout, this.provenance)
    const { backgroundBytesLimit } = options
    this.scheduler = new BlockScheduler({
      layout: this.layout,
      provenance: this.provenance,
      random: seededRandom(options.seed + 1),
      ...(backgroundBytesLimit === undefined ? {} : { backgroundBytesLimit }),
    })
    if (options.onDemand === false) {
      this.scheduler.setSelected(new Uint8Array(Math.ceil(this.layout.pieceCount / 8)).fill(0xff))
    }
    for (const facts of options.peers) this.addPeer(facts)
  }

  get now(): number {
    return this.events.now
  }

  addPeer(facts: PeerFacts): SimulatedPeer {
    const listener = {
      block: (peer: SimulatedPeer, asked: Asked, isBad: boolean) =>
        this.#throughLine(asked.length, () => this.#block(peer, asked, isBad)),
      choked: (peer: SimulatedPeer) => {
        const requestsDropped = peer.facts.isFast !== true
        if (requestsDropped) this.watcher.forgotten?.(peer)
        this.#changed(() => this.scheduler.wireChoked(peer.id, this.now, { requestsDropped }))
      },
      unchoked: (peer: SimulatedPeer) =>
        this.#changed(() => this.scheduler.wireUnchoked(peer.id, this.now)),
      rejected: (peer: SimulatedPeer, { piece, offset }: Asked) => {
        this.watcher.answered?.(peer, piece, offset)
        this.#changed(() => this.scheduler.requestRejected(peer.id, piece, offset, this.now))
      },
    }
    const peer = new SimulatedPeer(this.peers.length + 1, facts, this.events, listener, this.random)
    this.peers.push(peer)
    this.events.at(facts.joinsAt ?? 0, () => this.#connect(peer))
    if (facts.leavesAt !== undefined) this.events.at(facts.leavesAt, () => this.leave(peer))
    return peer
  }

  leave(peer: SimulatedPeer): void {
    if (!peer.isConnected) return
    peer.disconnect()
    this.watcher.forgotten?.(peer)
    this.#changed(() => this.scheduler.wireClosed(peer.id, this.now))
  }

  open(facts: ReaderFacts, position = facts.from): SimulatedReader {
    const reader = new SimulatedReader(++this.#readerCount, facts, this.store)
    reader.seek(position, this.now)
    this.readers.set(reader.id, reader)
    this.readersMoved()
    this.#tick(reader)
    return reader
  }

  seek(reader: SimulatedReader, position: number): void {
    reader.seek(position, this.now)
    this.readersMoved()
    this.#tick(reader)
  }

  close(reader: SimulatedReader): void {
    reader.isClosed = true
    this.readers.delete(reader.id)
    this.readersMoved()
  }

  pause(reader: SimulatedReader, isPaused: boolean): void {
    reader.read(this.now)
    reader.isPaused = isPaused
    this.readersMoved()
    this.#tick(reader)
  }

  /** Tells the scheduler what the readers want now. */
  readersMoved(): void {
    for (const reader of this.readers.values()) reader.read(this.now)
    const windows = [...this.readers.values()].map((reader) => reader.window())
    this.#changed(() => this.scheduler.setWindows(windows, this.now))
  }

  /** Lets the world go on until `time`, or until `isEnough`. */
  run(time: number, isEnough: () => boolean = () => false): void {
    while (this.events.nextAt <= time && !isEnough()) {
      this.events.step()
    }
    if (!isEnough()) this.events.now = Math.max(this.now, time)
  }

  /** Looks at the reader again and again, as long as it reads. */
  #tick(reader: SimulatedReader): void {
    if (this.#ticking.has(reader)) return
    this.#ticking.add(reader)
    this.events.after(READER_TICK_MS, () => {
      this.#ticking.delete(reader)
      if (reader.isClosed || reader.isPaused || reader.isDone) return
      this.#readAll()
      this.#tick(reader)
    })
  }

  #readAll(): void {
    let isMoved = false
    for (const reader of this.readers.values()) {
      const { position, isWaiting } = reader
      reader.read(this.now)
      if (reader.position !== position || reader.isWaiting !== isWaiting) isMoved = true
    }
    if (isMoved) this.readersMoved()
  }

  #connect(peer: SimulatedPeer): void {
    peer.isConnected = true
    const { facts } = peer
    this.#changed(() => {
      this.scheduler.wireOpened(
        peer.id,
        {
          address: peer.address,
          peer: peer.endpoint,
          requestLimit: facts.requestLimit ?? 250,
          ...(facts.tellsRoundTrip === false ? {} : { roundTripMs: facts.roundTripMs }),
        },
        this.now,
      )
      if (facts.pieces === undefined) this.scheduler.wireHaveAll(peer.id)
      else this.scheduler.wireBitfield(peer.id, this.#bitfield(peer))
      for (const piece of facts.allowedFast ?? []) this.scheduler.wireAllowedFast(peer.id, piece)
    })
    if (facts.waitsForInterest === true) peer.interest()
    else peer.choke(false)
    for (const [index, at] of (facts.chokesAt ?? []).entries()) {
      this.events.at(at, () => peer.choke(index % 2 === 0))
    }
  }

  #bitfield(peer: SimulatedPeer): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.layout.pieceCount / 8))
    for (let piece = 0; piece < this.layout.pieceCount; piece++) {
      if (peer.has(piece)) bytes[piece >> 3] = (bytes[piece >> 3] ?? 0) | (0x80 >> (piece & 7))
    }
    return bytes
  }

  #throughLine(bytes: number, run: () => void): void {
    const { downlinkBytesPerMs } = this.options
    if (downlinkBytesPerMs === undefined) {
      run()
      return
    }
    this.#lineFreeAt = Math.max(this.#lineFreeAt, this.now) + bytes / downlinkBytesPerMs
    this.events.at(this.#lineFreeAt, run)
  }

  #block(peer: SimulatedPeer, asked: Asked, isBad: boolean): void {
    if (!peer.isConnected) return
    const { piece, offset, length } = asked
    this.arrivedBytes += length
    this.watcher.answered?.(peer, piece, offset)
    this.#changed(() => {
      switch (this.scheduler.blockReceived(peer.id, asked, this.now)) {
        case 'fresh':
          this.freshBytes += length
          this.#put(piece, offset / BLOCK, isBad)
          break
        case 'second':
          this.secondBytes += length
          this.#compare(piece, offset, isBad)
          break
        case 'unasked':
        case 'unwanted':
          this.unwantedBytes += length
          break
      }
    })
    this.#readAll()
  }

  #put(piece: number, block: number, isBad: boolean): void {
    const stored = this.store.put(piece, block, isBad)
    if (stored.missing > 0) return
    this.events.after(HASH_MS, () => {
      // A block may have been discarded meanwhile.
      if (this.store.piece(piece) !== stored || stored.missing > 0) return
      this.#changed(() => this.#hashed(piece, stored.bad))
      this.#readAll()
    })
  }

  #hashed(piece: number, bad: readonly (boolean | undefined)[]): void {
    const senders = this.provenance.peersOf(piece)
    // Right blocks are alike; each wrong one is wrong in its own way.
    const digests = Float64Array.from(bad, (isBad) => (isBad ? ++this.#lies : 0))
    if (!bad.some((isBad) => isBad)) {
      this.store.verify(piece)
      this.scheduler.pieceVerified(piece)
      for (const liar of this.smartBan.verified(piece, digests)) this.#ban(liar)
      return
    }
    this.wrongPieces++
    this.store.fail(piece)
    this.scheduler.pieceFailed(piece)
    const liar = this.smartBan.failed(piece, senders, digests)
    if (liar !== null) this.#ban(liar)
  }

  #ban(endpoint: string): void {
    this.banned.add(endpoint)
    this.scheduler.peerBanned(endpoint)
    for (const peer of this.peers) {
      if (peer.endpoint !== endpoint || !peer.isConnected) continue
      peer.disconnect()
      this.watcher.forgotten?.(peer)
      this.scheduler.wireClosed(peer.id, this.now)
    }
  }

  #compare(piece: number, offset: number, isBad: boolean): void {
    const block = offset / BLOCK
    const stored = this.store.piece(piece)
    if (stored?.bad[block] === undefined) return
    if (stored.bad[block] === isBad && !isBad) {
      this.scheduler.blockProven(piece, offset)
    } else if (this.scheduler.hasOtherSender(piece, offset)) {
      this.store.discard(piece, block)
      this.scheduler.blockDiscarded(piece, offset)
    }
  }

  /** Something was told to the scheduler: it plans once all that happens now has happened. */
  #changed(tell: () => void): void {
    tell()
    if (this.#isPlanDue) return
    this.#isPlanDue = true
    this.events.after(0, () => {
      this.#isPlanDue = false
      this.#plan()
    })
  }

  #plan(): void {
    this.plans++
    const actions = this.scheduler.plan(this.now)
    for (const action of actions) {
      this.watcher.sent?.(action)
      if (action.kind === 'discard') {
        this.store.fail(action.piece)
        continue
      }
      const peer = this.peers[action.wire - 1]
      if (peer === undefined) continue
      peer.send(action)
      if (action.kind === 'cancel') this.cancels++
    }
    const { wakeAt } = this.scheduler
    if (!Number.isFinite(wakeAt)) return
    this.events.at(wakeAt, () => {
      if (this.scheduler.wakeAt <= this.now) this.#changed(() => {})
    })
  }
}
