import type { BlockAction } from '../../../../src/torrents/scheduler/model/scheduler-action.ts'
import type { EventQueue } from './event-queue.ts'

/** How a simulated peer behaves. */
export interface PeerFacts {
  readonly address?: string
  /** What it uploads to us. */
  readonly bytesPerMs: number
  readonly roundTripMs: number
  /** Each answer is late by up to so much more; ms. */
  readonly jitterMs?: number
  /** Pieces it has; all by default. */
  readonly pieces?: (piece: number) => boolean
  /** It stays connected and sends nothing from then on; ms. */
  readonly silentFrom?: number
  /** And goes on then; ms. */
  readonly silentUntil?: number
  /** Its blocks are wrong, this share of them. */
  readonly lies?: number
  readonly requestLimit?: number
  /** Speaks the fast extension: rejects what it will not send. */
  readonly isFast?: boolean
  /** Pieces that it gives even while choking. */
  readonly allowedFast?: readonly number[]
  /** Bytes that have left for the socket buffer and cannot be taken back. */
  readonly committedBytes?: number
  /** What it tells us of its round trip when connecting. */
  readonly tellsRoundTrip?: boolean
  /** It chokes and unchokes at these times, beginning with a choke; ms. */
  readonly chokesAt?: readonly number[]
  /** It unchokes only who is interested; otherwise at once. */
  readonly waitsForInterest?: boolean
  readonly joinsAt?: number
  readonly leavesAt?: number
  /** Share of the requests that it forgets: it never answers them. */
  readonly forgets?: number
  /** Share of the requests that it refuses (fast extension). */
  readonly refuses?: number
  /** It answers what it was asked last first. */
  readonly isLastInFirstOut?: boolean
  /** When it chokes it does not refuse what it was asked, although it speaks the fast extension. */
  readonly chokesSilently?: boolean
}

/** What was asked for, or what comes. */
export interface Asked {
  readonly piece: number
  readonly offset: number
  readonly length: number
}

/** What a peer tells us; called after half a round trip. */
export interface PeerListener {
  block(peer: SimulatedPeer, asked: Asked, isBad: boolean): void
  choked(peer: SimulatedPeer): void
  unchoked(peer: SimulatedPeer): void
  rejected(peer: SimulatedPeer, asked: Asked): void
}

/** A peer with an upload rate and a round trip, which answers requests in order. */
export class SimulatedPeer {
  readonly id: number
  readonly facts: PeerFacts
  readonly address: string
  /** `ip:port` */
  readonly endpoint: string
  /** What it has told us, and whether we have heard. */
  isChokingUs = true
  isConnected = false
  sentBytes = 0
  readonly #events: EventQueue
  readonly #listener: PeerListener
  readonly #random: () => number
  #queue: Asked[] = []
  #sending: Asked | null = null
  #isChoking = true
  #lastArrivalAt = 0

  constructor(
    id: number,
    facts: PeerFacts,
    events: EventQueue,
    listener: PeerListener,
    random: () => number,
  ) {
    this.id = id
    this.facts = facts
    this.address = facts.address ?? `10.0.${id >> 8}.${id & 255}`
    this.endpoint = `${this.address}:${6_881 + id}`
    this.#events = events
    this.#listener = listener
    this.#random = random
  }

  has(piece: number): boolean {
    return this.facts.pieces?.(piece) ?? true
  }

  /** A message of ours is on its way to it. */
  send(action: BlockAction): void {
    this.#later(() => {
      if (action.kind === 'request') this.#asked(action)
      else this.#takenBack(action)
    })
  }

  /** We are interested, as in every peer while we lack anything. */
  interest(): void {
    this.#later(() => this.choke(false))
  }

  choke(isChoking: boolean): void {
    if (this.#isChoking === isChoking) return
    this.#isChoking = isChoking
    const dropped = isChoking ? this.#queue.filter((asked) => !this.#isAllowed(asked)) : []
    if (isChoking) this.#queue = this.#queue.filter((asked) => this.#isAllowed(asked))
    this.#later(() => {
      this.isChokingUs = isChoking
      if (!isChoking) this.#listener.unchoked(this)
      else {
        this.#listener.choked(this)
        if (this.facts.chokesSilently === true) return
        if (this.facts.isFast) for (const asked of dropped) this.#listener.rejected(this, asked)
      }
    })
  }

  disconnect(): void {
    this.isConnected = false
    this.#queue = []
  }

  #later(run: () => void): void {
    this.#events.after(this.facts.roundTripMs / 2, () => {
      if (this.isConnected) run()
    })
  }

  #asked(asked: Asked): void {
    if (this.#isChoking && !this.#isAllowed(asked)) {
      if (this.facts.isFast) this.#later(() => this.#listener.rejected(this, asked))
      return
    }
    const { forgets = 0, refuses = 0 } = this.facts
    if (forgets > 0 && this.#random() < forgets) return
    if (refuses > 0 && this.#random() < refuses) {
      this.#later(() => this.#listener.rejected(this, asked))
      return
    }
    this.#queue.push(asked)
    this.#sendNext()
  }

  #isAllowed({ piece }: Asked): boolean {
    return this.facts.allowedFast?.includes(piece) ?? false
  }

  #takenBack({ piece, offset }: Asked): void {
    let committed = this.facts.committedBytes ?? 0
    const index = this.#queue.findIndex((asked) => asked.piece === piece && asked.offset === offset)
    for (const asked of this.#queue.slice(0, index + 1)) committed -= asked.length
    if (index >= 0 && committed < 0) this.#queue.splice(index, 1)
  }

  #isSilent(): boolean {
    const { silentFrom, silentUntil } = this.facts
    const { now } = this.#events
    if (silentFrom === undefined || now < silentFrom) return false
    return silentUntil === undefined || now < silentUntil
  }

  #sendNext(): void {
    if (this.#sending !== null) return
    if (this.#isSilent()) {
      const { silentUntil } = this.facts
      if (silentUntil !== undefined) this.#events.at(silentUntil, () => this.#sendNext())
      return
    }
    const asked = this.facts.isLastInFirstOut === true ? this.#queue.pop() : this.#queue.shift()
    if (asked === undefined) return
    this.#sending = asked
    this.#events.after(asked.length / this.facts.bytesPerMs, () => this.#sent(asked))
  }

  #sent(asked: Asked): void {
    const { silentUntil } = this.facts
    if (this.#isSilent() && silentUntil !== undefined) {
      this.#events.at(silentUntil, () => this.#sent(asked))
      return
    }
    this.#sending = null
    if (!this.isConnected || this.#isSilent()) return
    this.sentBytes += asked.length
    const late = (this.facts.jitterMs ?? 0) * this.#random()
    const arrivesAt = this.#events.now + this.facts.roundTripMs / 2 + late
    // One connection: nothing overtakes.
    this.#lastArrivalAt = Math.max(this.#lastArrivalAt, arrivesAt)
    const isBad = this.#random() < (this.facts.lies ?? 0)
    this.#events.at(this.#lastArrivalAt, () => {
      if (this.isConnected) this.#listener.block(this, asked, isBad)
    })
    this.#sendNext()
  }
}
