import type { StreamWindow } from '../../../../src/torrents/scheduler/model/stream-window.ts'
import type { Asked } from './simulated-peer.ts'
import type { SimulatedSwarm, Watcher } from './simulated-swarm.ts'
import type { SimulatedWire } from './simulated-wire.ts'

const BLOCK = 16_384
const MOST_HOLDERS = 3
/** All requests are compared after every so many plans, and whenever a wire closes. */
const PLANS_PER_LOOK = 50

/** Watches a swarm, and notes each message that must never be sent and each count that is wrong. */
export class Rules implements Watcher {
  readonly violations: string[] = []
  readonly #swarm: SimulatedSwarm
  #plans = 0
  /** After the last plan. */
  #windows: readonly StreamWindow[] = []
  readonly #hasLiars: boolean

  constructor(swarm: SimulatedSwarm) {
    this.#swarm = swarm
    this.#hasLiars = swarm.options.peers.some(({ lies }) => lies !== undefined)
  }

  requested(wire: SimulatedWire, asked: Asked): void {
    const { piece, offset, length } = asked
    const { layout, store, options } = this.#swarm
    const { facts, isChokingUs } = wire.peer
    const isAllowed = facts.allowedFast?.includes(piece) ?? false
    if (!wire.peer.isConnected) this.#violated('message to nobody', wire, asked)
    if (!wire.peer.has(piece)) this.#violated('peer lacks the piece', wire, asked)
    if (isChokingUs && !isAllowed) this.#violated('peer chokes us', wire, asked)
    if (store.verified[piece] === 1) this.#violated('piece is verified', wire, asked)
    const isSample = offset % BLOCK !== 0 && (offset % BLOCK) + length <= BLOCK
    if (!isSample && length !== layout.blockLength(piece, offset / BLOCK)) {
      this.#violated('no such block', wire, asked)
    }
    if (wire.isAsked(asked)) this.#violated('asked twice', wire, asked)
    if (this.#holdersOf(asked) >= MOST_HOLDERS) this.#violated('too many holders', wire, asked)
    if (wire.asked.size >= Math.max(1, wire.requestLimit)) {
      this.#violated(`more than ${wire.requestLimit} requests`, wire, asked)
    }
    if (options.onDemand !== false && !this.#isInWindow(asked)) {
      this.#violated('outside all windows', wire, asked)
    }
  }

  cancelled(wire: SimulatedWire, asked: Asked, wasAsked: boolean): void {
    if (!wasAsked) this.#violated('cancel of what was not asked for', wire, asked)
  }

  /** What the ledger says is what the wires say. */
  planned(): void {
    const { scheduler, wires, store, downloader } = this.#swarm
    let outstanding = 0
    for (const wire of wires.values()) outstanding += wire.askedBlocks
    const { outstandingBlocks, receivedBytes } = scheduler.stats()
    this.#equal('outstanding blocks', outstandingBlocks, outstanding)
    this.#equal('bytes that were missing', receivedBytes, store.takenBytes)
    this.#equal('wires', downloader.wires.size, wires.size)
    if (++this.#plans % PLANS_PER_LOOK === 0) this.#compareRequests()
    if (this.#hasLiars) this.#windows = this.#swarm.streams.windows()
  }

  closed(wire: SimulatedWire): void {
    const left = [...this.#swarm.scheduler.outstandingOf(wire.id)]
    this.#equal('requests left of a closed wire', left.length, 0)
    this.#equal('a closed wire that is used', this.#swarm.downloader.wires.has(wire.id), false)
  }

  /** Request by request, on both sides. */
  #compareRequests(): void {
    for (const wire of this.#swarm.wires.values()) {
      let count = 0
      for (const request of this.#swarm.scheduler.outstandingOf(wire.id)) {
        count++
        if (!wire.isAsked(request)) this.#violated('in the ledger, not asked for', wire, request)
        const { holders } = request
        const asked = this.#holdersOf(request)
        if (asked !== holders) {
          this.#violated(`${asked} were asked, the ledger has ${holders}`, wire, request)
        }
      }
      this.#equal(`requests of wire ${wire.id}`, count, wire.askedBlocks)
    }
  }

  #holdersOf(asked: Omit<Asked, 'length'>): number {
    let holders = 0
    for (const wire of this.#swarm.wires.values()) if (wire.isAsked(asked)) holders++
    return holders
  }

  /**
   * Windows are rounded to whole pieces: less cannot be verified. One may go in the course of a plan,
   * with a piece that is discarded.
   */
  #isInWindow({ piece }: Asked): boolean {
    const { layout, streams } = this.#swarm
    const covers = ({ start, end }: StreamWindow): boolean => {
      const first = Math.floor(start / layout.pieceLength)
      return start < end && piece >= first && piece <= Math.floor((end - 1) / layout.pieceLength)
    }
    return streams.windows().some(covers) || this.#windows.some(covers)
  }

  #equal(what: string, ours: unknown, theirs: unknown): void {
    if (ours !== theirs) this.#note(`${what}: ${ours}, not ${theirs}`)
  }

  #violated(rule: string, wire: SimulatedWire, { piece, offset }: Omit<Asked, 'length'>): void {
    this.#note(`${rule}: wire ${wire.id}, piece ${piece}, offset ${offset}`)
  }

  #note(violation: string): void {
    if (this.violations.length > 20) return
    this.violations.push(`${this.#swarm.now.toFixed(1)} ms: ${violation}`)
  }
}
