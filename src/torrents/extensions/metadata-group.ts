import { MetadataDraft } from './metadata-draft.ts'
import type { MetadataRoom } from './metadata-room.ts'
import type { MetadataSource } from './metadata-source.ts'
import { METADATA_PIECE_BYTES } from './ut-metadata.ts'

/** A piece that another peer has been asked for is asked for once more after so long. */
const DOUBLE_AFTER_MS = 1_500
/**
 * A small one is asked for at once of more peers than one: peers with a limit put off an answer until
 * their next turn, half a second away, and it costs less than a block or two of the film.
 */
const SMALL_PIECES = 8
const HOLDERS_OF_SMALL = 3
/** Where pieces of several peers do not fit together, each peer has so long to give all of them... */
const SOLE_TURN_MS = 10_000
/** ...and longer for what is large. */
const SOLE_BYTES_PER_MS = 64

/** The peers that claim the same size for the metadata, and what has come from them. */
export class MetadataGroup {
  readonly draft: MetadataDraft
  readonly sources = new Map<number, MetadataSource>()
  readonly #room: MetadataRoom
  /** Pieces that were asked for and did not come. */
  #returned: number[] = []
  #nextFresh = 0
  /** All of it is fetched from this one, since pieces of several made no sense. */
  #sole: MetadataSource | null = null
  #soleUntil = 0
  #isBroken = false
  isVerifying = false
  /** How often all of it was being fetched. */
  turns = 0
  /** When it last grew. */
  grewAt: number

  constructor(size: number, room: MetadataRoom, now: number) {
    this.draft = new MetadataDraft(size)
    this.#room = room
    this.grewAt = now
  }

  /** Distinct addresses that claim this size. */
  get support(): number {
    return new Set(Array.from(this.sources.values(), ({ peer }) => peer.address)).size
  }

  remove(id: number): void {
    const source = this.sources.get(id)
    if (source === undefined) return
    this.sources.delete(id)
    this.#giveBack([...source.asked.keys()])
    source.forget()
    if (source === this.#sole) this.#sole = null
  }

  /** False where the piece was not wanted, or there is no room for it. */
  add(source: MetadataSource, piece: number, data: Uint8Array, now: number): boolean {
    const isWanted = source.gave(piece, now) && !this.draft.has(piece) && !this.isVerifying
    if (!isWanted || (this.#isBroken && source !== this.#sole)) return false
    if (!this.#room.take(data.length)) {
      this.#giveBack([piece])
      return false
    }
    this.draft.add(piece, data, source.peer.id)
    this.grewAt = now
    return true
  }

  rejected(source: MetadataSource, now: number): void {
    this.#giveBack(source.rejected(now))
  }

  /** Asks whoever is ready for what is missing, up to `mostBytes` held and asked for. */
  ask(mostBytes: number, now: number): void {
    if (this.isVerifying) return
    for (const source of this.sources.values()) this.#giveBack(source.checkSilence(now))
    if (this.#isBroken) this.#chooseSole(now)
    const sources = this.#isBroken ? [this.#sole] : [...this.sources.values()]
    for (const source of sources) {
      while (source?.isReady(now)) {
        const piece = this.#heldAndAsked() < mostBytes ? this.#choose(source, now) : null
        if (piece === null) break
        source.ask(piece, now)
      }
    }
  }

  /** What has arrived is wrong. Returns the peers that must have lied. */
  failed(now: number): MetadataSource[] {
    const senders = this.draft.senders
    const liars = senders.size > 1 ? [] : this.#sourcesOf(senders)
    for (const { peer } of liars) this.remove(peer.id)
    this.#sole = null
    this.#isBroken ||= senders.size > 1
    // Whoever gave most is the first to be believed, and what it gave is kept.
    if (this.#isBroken) this.#chooseSole(now)
    else this.clear()
    return liars
  }

  /** Gives everything up that has arrived. */
  clear(): void {
    this.#free(null)
  }

  #chooseSole(now: number): void {
    const hasTurn = this.#sole !== null && !this.#sole.isResting(now)
    if (hasTurn && now < this.#soleUntil) return
    const others = [...this.sources.values()].filter(
      (source) => source !== this.#sole && !source.isResting(now),
    )
    const [next = this.#sole] = others.sort((a, b) => b.delivered - a.delivered)
    if (next === null) {
      this.#free(null)
      return
    }
    this.#soleUntil = now + SOLE_TURN_MS + this.draft.size / SOLE_BYTES_PER_MS
    if (next === this.#sole) return
    // Those that had their turn come last the next time.
    if (this.#sole !== null) this.#sole.delivered = 0
    this.#sole = next
    this.#free(next.peer.id)
  }

  #free(keptSender: number | null): void {
    this.#room.give(this.draft.keepOnly(keptSender))
    this.#returned = []
    this.#nextFresh = 0
  }

  #sourcesOf(ids: ReadonlySet<number>): MetadataSource[] {
    return [...this.sources.values()].filter(({ peer }) => ids.has(peer.id))
  }

  #heldAndAsked(): number {
    let asked = 0
    for (const source of this.sources.values()) asked += source.asked.size
    return this.draft.heldBytes + asked * METADATA_PIECE_BYTES
  }

  #choose(source: MetadataSource, now: number): number | null {
    for (;;) {
      const piece = this.#returned.pop()
      if (piece === undefined) break
      if (this.#isMissing(piece)) return piece
    }
    while (this.#nextFresh < this.draft.pieceCount) {
      const piece = this.#nextFresh++
      if (this.#isMissing(piece)) return piece
    }
    return this.#another(source, now)
  }

  /** Neither here nor on its way. */
  #isMissing(piece: number): boolean {
    if (this.draft.has(piece)) return false
    const sources = this.#isBroken && this.#sole !== null ? [this.#sole] : this.sources.values()
    for (const { asked } of sources) if (asked.has(piece)) return false
    return true
  }

  /** What another peer owes for longest, and long enough to ask once more. */
  #another(source: MetadataSource, now: number): number | null {
    let oldest: number | null = null
    let oldestAt = now
    for (const other of this.sources.values()) {
      if (other === source) continue
      for (const [piece, at] of other.asked) {
        if (at > oldestAt || source.asked.has(piece) || this.draft.has(piece)) continue
        if (at > now - DOUBLE_AFTER_MS && !this.#mayHaveMore(piece)) continue
        oldest = piece
        oldestAt = at
      }
    }
    return oldest
  }

  #mayHaveMore(piece: number): boolean {
    if (this.draft.pieceCount > SMALL_PIECES) return false
    let holders = 0
    for (const { asked } of this.sources.values()) if (asked.has(piece)) holders++
    return holders < HOLDERS_OF_SMALL
  }

  #giveBack(pieces: readonly number[]): void {
    this.#returned.push(...pieces)
  }
}
