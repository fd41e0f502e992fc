import type { EventQueue } from './event-queue.ts'

/** Of a peer that sends in turns, what comes before the first. */
const UNLIMITED_BYTES = 4 * 16_384
/** What it sends in one turn goes over its line one after the other: 100 Mbit/s. */
const LINE_BYTES_PER_MS = 12_500

/** How a simulated peer behaves. */
export interface PeerFacts {
  readonly address?: string
  /** What it uploads to us. */
  readonly bytesPerMs: number
  readonly roundTripMs: number
  /**
   * It has an upload limit, and sends what that allows for so long all at once, as far as it has been
   * asked by then; what is not used is lost; ms. The first blocks come at once.
   */
  readonly turnMs?: number
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
  /** Which blocks, and stretches of blocks, are wrong instead; `sent`: how many answers went before. */
  readonly liesIn?: (asked: Asked, sent: number) => boolean
  /** All who do so send the same wrong bytes for a place. */
  readonly conspires?: boolean
  readonly requestLimit?: number
  /** Whether it is said to give less than a block; it is by default. */
  readonly givesSamples?: boolean
  /** Speaks the fast extension: rejects what it will not send. */
  readonly isFast?: boolean
  /** Pieces that it gives even while choking. */
  readonly allowedFast?: readonly number[]
  /** Bytes that have left for the socket buffer and cannot be taken back. */
  readonly committedBytes?: number
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

/** Who hears what a peer tells; half a round trip later. */
export interface PeerListener {
  block(asked: Asked, isBad: boolean): void
  choked(): void
  unchoked(): void
  rejected(asked: Asked): void
}

/** A peer with an upload rate and a round trip, which answers requests in order. */
export class SimulatedPeer {
  readonly id: number
  readonly facts: PeerFacts
  readonly address: string
  readonly port: number
  /** `ip:port` */
  readonly endpoint: string
  /** The wire between it and us; nobody until it is connected. */
  listener: PeerListener | null = null
  /** What it has told us, and whether we have heard. */
  isChokingUs = true
  isConnected = false
  sentBytes = 0
  readonly #events: EventQueue
  readonly #random: () => number
  #queue: Asked[] = []
  #sending: Asked | null = null
  #isChoking = true
  #lastArrivalAt = 0
  #isTurnDue = false
  /** When the line has sent what it was given; ms. */
  #lineFreeAt = 0
  /** Of the last turn, less than a block. */
  #turnBytes = 0
  #answers = 0

  constructor(id: number, facts: PeerFacts, events: EventQueue, random: () => number) {
    this.id = id
    this.facts = facts
    this.address = facts.address ?? `10.0.${id >> 8}.${id & 255}`
    this.port = 6_881 + id
    this.endpoint = `${this.address}:${this.port}`
    this.#events = events
    this.#random = random
  }

  has(piece: number): boolean {
    return this.facts.pieces?.(piece) ?? true
  }

  request(asked: Asked): void {
    this.#later(() => this.#asked(asked))
  }

  cancel(asked: Asked): void {
    this.#later(() => this.#takenBack(asked))
  }

  interest(isInterested: boolean): void {
    if (this.facts.waitsForInterest === true) this.#later(() => this.choke(!isInterested))
  }

  choke(isChoking: boolean): void {
    if (this.#isChoking === isChoking) return
    this.#isChoking = isChoking
    const dropped = isChoking ? this.#queue.filter((asked) => !this.#isAllowed(asked)) : []
    if (isChoking) this.#queue = this.#queue.filter((asked) => this.#isAllowed(asked))
    this.#later(() => {
      this.isChokingUs = isChoking
      if (!isChoking) this.listener?.unchoked()
      else {
        this.listener?.choked()
        if (this.facts.chokesSilently === true) return
        if (this.facts.isFast) for (const asked of dropped) this.listener?.rejected(asked)
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
      if (this.facts.isFast) this.#later(() => this.listener?.rejected(asked))
      return
    }
    const { forgets = 0, refuses = 0 } = this.facts
    if (forgets > 0 && this.#random() < forgets) return
    if (refuses > 0 && this.#random() < refuses) {
      this.#later(() => this.listener?.rejected(asked))
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
    if (index < 0 || committed >= 0) return
    const [asked] = this.#queue.splice(index, 1)
    // Each request is answered (BEP 6).
    if (this.facts.isFast && asked !== undefined) this.#later(() => this.listener?.rejected(asked))
  }

  #isSilent(): boolean {
    const { silentFrom, silentUntil } = this.facts
    const { now } = this.#events
    if (silentFrom === undefined || now < silentFrom) return false
    return silentUntil === undefined || now < silentUntil
  }

  /** Its turns are the multiples of `turnMs`. */
  #awaitTurn(turnMs: number): void {
    if (this.#isTurnDue || this.#queue.length === 0) return
    this.#isTurnDue = true
    const { now } = this.#events
    this.#events.after(turnMs - (now % turnMs), () => {
      this.#isTurnDue = false
      this.#takeTurn(turnMs)
    })
  }

  #takeTurn(turnMs: number): void {
    this.#turnBytes += this.facts.bytesPerMs * turnMs
    this.#sendBatch()
    this.#awaitTurn(turnMs)
  }

  #sendBatch(): void {
    let asked = this.#queue[0]
    while (asked !== undefined && asked.length <= this.#turnBytes) {
      const sent = asked
      this.#queue.shift()
      this.#turnBytes -= sent.length
      this.sentBytes += sent.length
      this.#lineFreeAt =
        Math.max(this.#lineFreeAt, this.#events.now) + sent.length / LINE_BYTES_PER_MS
      this.#events.at(this.#lineFreeAt + this.facts.roundTripMs / 2, () => {
        if (this.isConnected) this.listener?.block(sent, false)
      })
      asked = this.#queue[0]
    }
    if (asked === undefined) this.#turnBytes = 0
  }

  #sendNext(): void {
    if (this.facts.turnMs !== undefined) {
      if (this.sentBytes < UNLIMITED_BYTES) {
        this.#turnBytes = UNLIMITED_BYTES
        this.#sendBatch()
      }
      this.#awaitTurn(this.facts.turnMs)
      return
    }
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
    const { lies = 0, liesIn } = this.facts
    const isBad = liesIn === undefined ? this.#random() < lies : liesIn(asked, this.#answers++)
    this.#events.at(this.#lastArrivalAt, () => {
      if (this.isConnected) this.listener?.block(asked, isBad)
    })
    this.#sendNext()
  }
}
