/** A peer that can be asked for pieces of metadata. */
export interface MetadataPeer {
  /** Unique in this process. */
  readonly id: number
  /** IP address without a port. */
  readonly address: string
  readonly port: number
  requestMetadata(piece: number): void
}

/** A peer that sends nothing for so long is asked no more for a while. */
const SILENT_MS = 6_000
/** The first rest; each further one is twice as long, up to a minute. */
const FIRST_REST_MS = 5_000
const LONGEST_REST_MS = 60_000
/** A peer that has no metadata may get some. */
const REST_AFTER_REJECT_MS = 10_000
const FIRST_PIPELINE = 4
/** libtorrent puts off for a second what it is asked for while 160 KiB wait to be sent. */
const MAX_PIPELINE = 8

/** What is known of one peer while metadata is being fetched. Times are in milliseconds. */
export class MetadataSource {
  readonly peer: MetadataPeer
  /** Pieces that it was asked for, and when. */
  readonly asked = new Map<number, number>()
  /** Pieces that it was asked for, and that others are asked for since. */
  readonly #late = new Set<number>()
  #pipeline = FIRST_PIPELINE
  #heardAt = 0
  #restsUntil = 0
  #rests = 0
  delivered = 0

  constructor(peer: MetadataPeer) {
    this.peer = peer
  }

  isReady(now: number): boolean {
    return now >= this.#restsUntil && this.asked.size < this.#pipeline
  }

  isResting(now: number): boolean {
    return now < this.#restsUntil
  }

  ask(piece: number, now: number): void {
    if (this.asked.size === 0) this.#heardAt = now
    this.asked.set(piece, now)
    this.peer.requestMetadata(piece)
  }

  /** False where it was not asked for the piece. */
  gave(piece: number, now: number): boolean {
    const wasAsked = this.asked.delete(piece) || this.#late.delete(piece)
    if (!wasAsked) return false
    this.#heardAt = now
    this.#rests = 0
    this.#restsUntil = 0
    this.delivered++
    this.#pipeline = Math.min(this.#pipeline + 1, MAX_PIPELINE)
    return true
  }

  /** Returns the pieces that others have to be asked for. */
  rejected(now: number): number[] {
    this.#restsUntil = now + REST_AFTER_REJECT_MS
    return this.#abandon()
  }

  /** The same where it has been silent for too long; nothing where it has not. */
  checkSilence(now: number): number[] {
    if (this.asked.size === 0 || now - this.#heardAt < SILENT_MS) return []
    this.#restsUntil = now + Math.min(FIRST_REST_MS * 2 ** this.#rests, LONGEST_REST_MS)
    this.#rests++
    this.#pipeline = 1
    return this.#abandon()
  }

  /** It claims another size, or what it sent was wrong. */
  forget(): void {
    this.asked.clear()
    this.#late.clear()
    this.delivered = 0
  }

  #abandon(): number[] {
    const pieces = [...this.asked.keys()]
    this.asked.clear()
    for (const piece of pieces) this.#late.add(piece)
    return pieces
  }
}
