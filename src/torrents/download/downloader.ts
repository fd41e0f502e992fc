import type { LoopClock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { Bitfield } from '../pieces/bitfield.ts'
import { BLOCK_LENGTH } from '../pieces/block.ts'
import type { BlockProvenance } from '../pieces/block-provenance.ts'
import type { PieceLayout } from '../pieces/piece-layout.ts'
import { RateMeter } from '../rates/rate-meter.ts'
import type { ThrottleShare } from '../rates/throttle.ts'
import type { BlockScheduler } from '../scheduler/scheduler.ts'
import type { TorrentStreams } from '../streams/torrent-streams.ts'
import type { SwarmWire, WireListener } from '../swarm/swarm.ts'
import { TorrentError } from '../torrent-error.ts'
import type { BackgroundShare, JoinBackground } from './background-share.ts'
import { BlockComparison } from './block-comparison.ts'
import { ENDLESS_ROOM, type JoinRoom } from './disk-room.ts'
import { GrantedPieces } from './granted-pieces.ts'
import { PieceTimes } from './piece-times.ts'
import { Planning } from './planning.ts'
import type { BlockStore, BlockStoreListener, DownloadSwarm } from './ports.ts'
import { Verdicts } from './verdicts.ts'
import { WireFeed } from './wire-feed.ts'

export interface DownloaderOptions {
  readonly metainfo: Pick<Metainfo, 'files' | 'layout'>
  readonly have: Bitfield
  readonly streams: TorrentStreams
  readonly log: Logger
  readonly clock: LoopClock
  readonly store: BlockStore
  readonly scheduler: BlockScheduler
  /** What a viewer may see: the scheduler's own. */
  readonly provenance: BlockProvenance
  /** A piece is verified and on the disk. */
  readonly onPiece: (piece: number) => void
  readonly joinBackground: JoinBackground
  /** What may be downloaded; the scheduler's own budget. */
  readonly throttle: ThrottleShare
  /** What a quota leaves for pieces; all there is when absent. */
  readonly joinRoom?: JoinRoom
}

/**
 * Takes blocks from wires to the store, and verified pieces to streams and peers. Lives as long as its torrent; swarms
 * come and go with pauses.
 */
export class Downloader {
  readonly storeListener: BlockStoreListener
  readonly times = new PieceTimes()
  /** What of the windows of streams a quota has room for. */
  readonly granted: GrantedPieces
  readonly #options: DownloaderOptions
  readonly #store: BlockStore
  readonly #scheduler: BlockScheduler
  readonly #provenance: BlockProvenance
  readonly #verdicts: Verdicts
  readonly #comparison: BlockComparison
  readonly #planning: Planning
  readonly #feed: WireFeed
  readonly #rate: RateMeter
  #swarm: DownloadSwarm | null = null
  #isClosed = false
  /** More has to be written first, or there has to be room for it. */
  readonly #waits = { forWriting: false, forRoom: false }
  fetchedBytes = 0
  checkedBytes = 0
  checkedPieces = 0

  constructor(options: DownloaderOptions) {
    const { metainfo, have, clock, store, scheduler, provenance } = options
    this.#options = options
    this.#store = store
    this.#scheduler = scheduler
    this.#provenance = provenance
    this.#comparison = new BlockComparison({
      ...{ layout: metainfo.layout, store, provenance, log: options.log },
      comparisons: scheduler.comparisons,
      wake: (piece, offset, length) => this.#wake(piece, offset, length),
      changed: () => this.#planning.soon(),
      outvoted: () => this.#wakeAll(),
      ban: (peers) => this.#ban(peers),
    })
    const ban = (peers: readonly string[]): void => this.#ban(peers)
    this.#verdicts = new Verdicts({ store, log: options.log, ban })
    this.#rate = new RateMeter(() => clock.now())
    const room = options.joinRoom?.({ onRoom: () => this.windowsChanged({ isUrgent: false }) })
    this.granted = new GrantedPieces({
      ...{ layout: metainfo.layout, have, room: room ?? ENDLESS_ROOM, scheduler, store },
      windows: () => options.streams.windows(),
    })
    this.#planning = new Planning({
      ...{ metainfo, clock, scheduler, streams: options.streams, throttle: options.throttle },
      ...{ granted: this.granted, times: this.times },
      joinBackground: () => this.#joinBackground(),
      wire: (id) => this.wires.get(id),
      onBlock: (wire, piece, offset, data) => this.#onBlock(wire, piece, offset, data),
      onDiscard: (piece) => this.#discard(piece),
    })
    scheduler.setHave(have.bytes)
    this.#feed = new WireFeed({
      scheduler,
      now: () => clock.now(),
      isComplete: () => have.isFull,
      onChange: () => this.#planning.soon(),
      onBlock: (wire, piece, offset, data) => this.#onBlock(wire, piece, offset, data),
    })
    this.storeListener = {
      verified: (piece) => this.#onVerified(piece),
      failed: (piece, digests) => this.#onFailed(piece, digests),
      backpressure: (isFull) => {
        this.#waits.forWriting = isFull
        this.#onWaits()
      },
    }
  }

  get #layout(): PieceLayout {
    return this.#options.metainfo.layout
  }

  get wires(): ReadonlyMap<number, SwarmWire> {
    return this.#feed.wires
  }

  /** Where the swarm is to report what happens on its wires. */
  get wireListener(): WireListener {
    return this.#feed
  }

  /** What connected peers have. */
  get peers(): Pick<BlockScheduler, 'holderCount' | 'seederCount'> {
    return this.#scheduler
  }

  /** Nothing is asked for until there is room, or more has been written. */
  get isDiskBehind(): boolean {
    return this.#waits.forWriting || this.#waits.forRoom
  }

  /** Asks for nothing while the disk has no room to spare; what is asked for still comes. */
  waitForRoom({ isShort }: { readonly isShort: boolean }): void {
    this.#waits.forRoom = isShort
    this.#planning.roomChanged({ isShort })
    this.#onWaits()
  }

  #onWaits(): void {
    this.#scheduler.setWriteBackpressure({ isFull: this.isDiskBehind })
    this.#planning.soon()
  }

  get bytesPerSecond(): number {
    return this.#rate.bytesPerSecond
  }

  /** Wires of `swarm` are used from now on; `null` stops everything. */
  attach(swarm: DownloadSwarm | null): void {
    this.#swarm = swarm
    if (swarm !== null) {
      this.#planning.start()
      return
    }
    this.granted.cut([])
    for (const wire of [...this.wires.values()]) this.#feed.wireEvent(wire, { kind: 'closed' })
    this.#planning.stop()
    if (!this.#isClosed) this.#store.flush()
  }

  /** More may be downloaded than before. */
  onTurn(): void {
    this.#planning.now()
  }

  /** MSB first; `null` fetches on demand only. */
  select(pieces: Uint8Array | null): void {
    this.#scheduler.setSelected(pieces)
    this.#feed.updateAllInterest()
    this.#planning.soon()
  }

  /** Windows have to be computed again; `isUrgent` acts in this very tick (open, seek, close). */
  windowsChanged(change: { readonly isUrgent: boolean }): void {
    this.#planning.windowsChanged(change)
  }

  /** What we have is less than before: fetch the rest again, into files opened anew. */
  async lost(pieces: readonly number[]): Promise<void> {
    this.#scheduler.piecesLost(pieces)
    for (const piece of pieces) this.#swarm?.lost(piece)
    this.#feed.updateAllInterest()
    await this.#store.reopen()
    this.#planning.soon()
  }

  /** A piece on the disk turned out to be right (checking). */
  found(piece: number): void {
    this.#scheduler.pieceFound(piece)
    this.#wake(piece, 0, this.#layout.lengthOf(piece))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.attach(null)
    this.granted.close()
    await this.#store.close()
  }

  #joinBackground(): BackgroundShare {
    const { have, joinBackground } = this.#options
    return joinBackground({
      get isDownloading() {
        return !have.isFull
      },
      changed: () => this.#planning.soon(),
    })
  }

  #onBlock(wire: SwarmWire, piece: number, offset: number, data: Uint8Array): void {
    const { clock, throttle } = this.#options
    const now = clock.now()
    throttle.take(data.length)
    const block = { piece, offset, length: data.length }
    const arrival = this.#scheduler.blockReceived(wire.id, block, now)
    if (arrival === 'unasked') {
      this.#endFlood(wire)
      return
    }
    this.fetchedBytes += data.length
    this.#rate.add(data.length)
    if (arrival === 'fresh') {
      if (!this.granted.covers(piece)) this.#scheduler.pieceGivenUp(piece)
      else if (this.#store.addBlock(piece, offset, data)) this.#wake(piece, offset, data.length)
      this.#comparison.samples.arrived(piece, offset / BLOCK_LENGTH)
      this.#comparison.doubtAgain()
    } else if (arrival === 'sample' || arrival === 'second') {
      this.#compare(arrival, wire, { piece, offset }, data)
    }
    this.#planning.blockCame(wire, arrival)
  }

  #compare(
    arrival: 'sample' | 'second',
    wire: SwarmWire,
    place: { readonly piece: number; readonly offset: number },
    data: Uint8Array,
  ): void {
    const sender = this.#scheduler.senderOf(wire.id)
    if (sender === undefined) return
    if (arrival === 'sample') this.#comparison.samples.sampled(sender, place, data)
    else this.#comparison.copied(sender, place, data)
  }

  #endFlood(wire: SwarmWire): void {
    if (!this.#scheduler.isFlooding(wire.id)) return
    const { address, port } = wire
    this.#options.log.info({ address, port }, 'closed a peer that sends what nobody asked for')
    wire.destroy()
  }

  #onVerified(piece: number): void {
    const { have, streams, clock, onPiece } = this.#options
    have.set(piece)
    this.granted.verified(piece)
    this.checkedPieces++
    this.checkedBytes += this.#layout.lengthOf(piece)
    const timed = this.times.verified(piece, this.#provenance.peersOf(piece), clock.now())
    if (timed?.giver) this.#swarm?.gavePiece(timed.giver, timed.ms)
    this.#scheduler.pieceVerified(piece)
    this.#comparison.samples.verified(piece)
    streams.verified(piece)
    this.#swarm?.have(piece)
    this.#wakeAll()
    onPiece(piece)
    if (have.isFull) this.#feed.updateAllInterest()
    this.#verdicts.verified(piece)
    this.#planning.soon()
  }

  #onFailed(piece: number, digests: Float64Array): void {
    const senders = this.#provenance.peersOf(piece)
    this.#scheduler.pieceFailed(piece)
    this.#comparison.samples.pieceFailed(piece)
    const error = new TorrentError('corrupt', `piece ${piece} was wrong and has been given out`)
    this.#options.streams.failCorrupt(piece, error)
    this.#verdicts.failed(piece, senders, digests)
    this.#planning.soon()
  }

  /** A suspicious piece begins anew with another peer: what was given out of it may be wrong. */
  #discard(piece: number): void {
    this.#store.discard(piece)
    const error = new TorrentError('corrupt', `piece ${piece} has been given out and is in doubt`)
    this.#options.streams.failCorrupt(piece, error)
  }

  /** Peers (`ip:port`) that have been proven to lie. */
  #ban(peers: readonly string[]): void {
    for (const peer of peers) {
      this.#scheduler.peerBanned(peer)
      this.#comparison.doubtAllOf(peer)
      this.#swarm?.ban(peer)
    }
    this.#wakeAll()
  }

  #wake(piece: number, offset: number, length: number): void {
    const start = this.#layout.startOf(piece) + offset
    this.#options.streams.wake(start, start + length - 1)
  }

  /** Others are trusted than before, or the same again: of what they have sent, more may be shown. */
  #wakeAll(): void {
    this.#options.streams.wake(0, Number.POSITIVE_INFINITY)
  }
}
