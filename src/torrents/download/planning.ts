import type { LoopClock } from '../../clock.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { Padding } from '../metainfo/padding.ts'
import type { ThrottleShare } from '../rates/throttle.ts'
import type { Arrival } from '../scheduler/arrivals.ts'
import type { SchedulerAction } from '../scheduler/model/scheduler-action.ts'
import type { BlockScheduler } from '../scheduler/scheduler.ts'
import type { TorrentStreams } from '../streams/torrent-streams.ts'
import type { SwarmWire, WireListener } from '../swarm/swarm.ts'
import type { BackgroundShare } from './background-share.ts'
import type { GrantedPieces } from './granted-pieces.ts'
import type { PieceTimes } from './piece-times.ts'
import { PlanTimer } from './plan-timer.ts'

export interface PlanningOptions {
  readonly metainfo: Pick<Metainfo, 'files' | 'layout'>
  readonly clock: LoopClock
  readonly streams: TorrentStreams
  readonly scheduler: BlockScheduler
  readonly granted: Pick<GrantedPieces, 'cut'>
  readonly throttle: Pick<ThrottleShare, 'giveBack' | 'leave'>
  readonly times: Pick<PieceTimes, 'requested'>
  readonly joinBackground: () => BackgroundShare
  readonly wire: (id: number) => SwarmWire | undefined
  readonly onBlock: WireListener['block']
  /** What has arrived of the piece is to be thrown away. */
  readonly onDiscard: (piece: number) => void
}

/** A stream that starves is looked at so often even if nothing happens: it may be given up; ms. */
const STARVING_LOOK_MS = 1_000
/** Samples come, and streams move, one for each block: plans can wait for more of that; ms. */
const UNHURRIED_MS = 10
/** So do blocks of a peer that has been asked for what it sends in so long; ms. */
const BUSY_MS = 40
const BATCH_MS = 4

/** Has the scheduler plan when there is reason to, and sends peers what it decides. */
export class Planning {
  readonly #options: PlanningOptions
  readonly #padding: Padding
  readonly #timer: PlanTimer
  /** `null` where nothing is downloaded. */
  #background: BackgroundShare | null = null
  #isShortOfRoom = false
  #areWindowsStale = true
  #isPlanning = false

  constructor(options: PlanningOptions) {
    this.#options = options
    this.#padding = new Padding(options.metainfo.files)
    this.#timer = new PlanTimer(options.clock, () => this.now())
  }

  start(): void {
    this.#background?.leave()
    this.#background = this.#options.joinBackground()
  }

  stop(): void {
    this.#background?.leave()
    this.#background = null
    this.#timer.stop()
    this.#options.throttle.leave()
  }

  /** Windows have to be computed again; `isUrgent` acts in this very tick (open, seek, close). */
  windowsChanged({ isUrgent }: { readonly isUrgent: boolean }): void {
    this.#areWindowsStale = true
    if (isUrgent) this.now()
    else this.#timer.within(UNHURRIED_MS)
  }

  /** Without room nothing is fetched for viewers either. */
  roomChanged({ isShort }: { readonly isShort: boolean }): void {
    this.#isShortOfRoom = isShort
    this.#areWindowsStale = true
  }

  /** A block, or a sample of one, has come. */
  blockCame(wire: SwarmWire, arrival: Arrival): void {
    if (arrival === 'sample') this.#timer.within(UNHURRIED_MS)
    else if (this.#options.scheduler.isBusyFor(wire.id, BUSY_MS)) this.#timer.within(BATCH_MS)
    else this.soon()
  }

  /** After what the event loop has at hand. */
  soon(): void {
    this.#timer.soon()
  }

  /** What a plan does may ask for another: it is made once all that was planned has been done. */
  now(): void {
    if (this.#isPlanning) {
      this.soon()
      return
    }
    this.#isPlanning = true
    try {
      this.#plan()
    } finally {
      this.#isPlanning = false
    }
  }

  #plan(): void {
    if (this.#background === null) return
    const { clock, granted, scheduler, streams } = this.#options
    const now = clock.now()
    if (this.#areWindowsStale) {
      const windows = this.#isShortOfRoom ? [] : streams.windows()
      scheduler.setWindows(granted.cut(windows), now)
    }
    // Whether a stream is paused is a matter of time, so its window is looked at again then.
    this.#areWindowsStale = streams.count > 0
    scheduler.setBackgroundRate(this.#background.bytesPerSecond)
    for (const action of scheduler.plan(now)) this.#carryOut(action)
    streams.reach(scheduler.reachBytes)
    const isStarving = scheduler.starving(now)
    this.#background?.starves({ isStarving })
    const idleMs = scheduler.wakeAt - now
    this.#timer.after(isStarving ? Math.min(idleMs, STARVING_LOOK_MS) : idleMs)
  }

  #carryOut(action: SchedulerAction): void {
    const { clock, metainfo, onBlock, onDiscard, throttle, times } = this.#options
    if (action.kind === 'discard') {
      onDiscard(action.piece)
      return
    }
    const wire = this.#options.wire(action.wire)
    if (wire === undefined) return
    const { piece, offset, length } = action
    if (action.kind === 'cancel') {
      wire.cancel(piece, offset, length)
      return
    }
    times.requested(piece, clock.now())
    const start = metainfo.layout.startOf(piece) + offset
    if (this.#padding.covers(start, length)) {
      // Once for the request, once for the block: nothing is downloaded.
      throttle.giveBack(length)
      clock.soon(() => onBlock(wire, piece, offset, new Uint8Array(length)))
    } else wire.request(piece, offset, length)
  }
}
