import { type ChokeCandidate, chokePlan, NO_CHOKE_STATE } from './choke-plan.ts'
import type { UploadSlots } from './upload-slots.ts'

/** A peer that can be choked and unchoked. */
export interface ChokablePeer {
  readonly id: number
  readonly isInterested: boolean
  /** Blocks, since the connection was made. */
  readonly receivedBytes: number
  readonly sentBytes: number
  choke(): void
  unchoke(): void
}

export interface ChokingOptions {
  readonly slots: UploadSlots
  readonly isSeeding: () => boolean
  /** Milliseconds that never go backwards. */
  readonly now: () => number
  readonly random: () => number
}

/** Decides which peers of one torrent are uploaded to. */
export class Choking {
  readonly #options: ChokingOptions
  readonly #peers = new Map<ChokablePeer, { received: number; sent: number }>()
  #state = NO_CHOKE_STATE
  #isOpen = false

  constructor(options: ChokingOptions) {
    this.#options = options
  }

  /** There is something to upload from now on. */
  open(): void {
    this.#isOpen = true
    this.round()
  }

  add(peer: ChokablePeer): void {
    this.#peers.set(peer, { received: peer.receivedBytes, sent: peer.sentBytes })
    this.interestChanged(peer)
  }

  remove(peer: ChokablePeer): void {
    this.#peers.delete(peer)
    this.#leave(peer)
  }

  /** Who is interested gets a free slot at once; who is not, makes room. */
  interestChanged(peer: ChokablePeer): void {
    if (!this.#isOpen || !this.#peers.has(peer)) return
    if (peer.isInterested) this.#fillSlots()
    else this.#leave(peer)
  }

  /** To be called every ten seconds: compares what peers have given and taken since. */
  round(): void {
    if (!this.#isOpen) return
    const { slots, isSeeding, now, random } = this.#options
    const candidates = this.#candidates()
    this.#state = chokePlan(candidates, this.#state, now(), {
      ...{ slots: slots.available(this), isSeeding: isSeeding(), random },
    })
    for (const [peer, since] of this.#peers) {
      since.received = peer.receivedBytes
      since.sent = peer.sentBytes
    }
    this.#apply()
  }

  close(): void {
    this.#isOpen = false
    this.#peers.clear()
    this.#options.slots.use(this, 0)
  }

  #candidates(): ChokeCandidate[] {
    return Array.from(this.#peers, ([peer, since]) => ({
      id: peer.id,
      isInterested: peer.isInterested,
      isUnchoked: this.#state.unchokedAt.has(peer.id),
      receivedBytes: peer.receivedBytes - since.received,
      sentBytes: peer.sentBytes - since.sent,
    }))
  }

  #leave(peer: ChokablePeer): void {
    if (!this.#state.unchokedAt.has(peer.id)) return
    const unchokedAt = new Map(this.#state.unchokedAt)
    unchokedAt.delete(peer.id)
    this.#state = { ...this.#state, unchokedAt }
    if (this.#peers.has(peer)) peer.choke()
    this.#fillSlots()
  }

  #fillSlots(): void {
    const { slots, now } = this.#options
    const unchokedAt = new Map(this.#state.unchokedAt)
    for (const { id, isInterested } of this.#peers.keys()) {
      if (unchokedAt.size >= slots.available(this)) break
      if (isInterested && !unchokedAt.has(id)) unchokedAt.set(id, now())
    }
    this.#state = { ...this.#state, unchokedAt }
    this.#apply()
  }

  #apply(): void {
    const { unchokedAt } = this.#state
    this.#options.slots.use(this, unchokedAt.size)
    for (const peer of [...this.#peers.keys()]) {
      if (unchokedAt.has(peer.id)) peer.unchoke()
      else peer.choke()
    }
  }
}
