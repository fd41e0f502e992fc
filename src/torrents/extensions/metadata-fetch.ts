import { MetadataGroup } from './metadata-group.ts'
import type { MetadataRoom } from './metadata-room.ts'
import { type MetadataPeer, MetadataSource } from './metadata-source.ts'
import { isMetadataSize, type MetadataAnswer } from './ut-metadata.ts'

/** Of each size that peers claim, so much is fetched at once; most metadata is smaller. */
const SMALL_BYTES = 1024 * 1024
/** Sizes of which more is fetched at the same time. */
const MAX_LARGE = 2
/** Where others wait, a size has so long to come in whole; twice as long each time it comes round. */
const FIRST_TURN_MS = 30_000
/** Where others wait, a size that grows no more loses its turn. */
const STUCK_MS = 8_000
/** Sizes that a peer may claim one after another. */
const MAX_CLAIMS = 3
/** Peers whose metadata was wrong; of more, the oldest are forgotten. */
const MAX_LIARS = 500

export interface MetadataFetchOptions {
  /** 40 hex digits, lower case. */
  readonly infoHash: string
  readonly room: MetadataRoom
  /** Milliseconds that never go backwards. */
  readonly now: () => number
  /** The info dictionary: its SHA-1 is the info hash. Once. */
  readonly onMetadata: (infoBytes: Uint8Array) => void
}

interface Claim {
  readonly source: MetadataSource
  readonly group: MetadataGroup
  readonly count: number
}

/**
 * Fetches a torrent's info dictionary from all its peers at once (BEP 9). Peers that claim different sizes
 * are kept apart; where pieces do not fit together, each peer is asked for all of them in turn.
 */
export class MetadataFetch {
  readonly #options: MetadataFetchOptions
  readonly #claims = new Map<number, Claim>()
  readonly #groups = new Map<number, MetadataGroup>()
  /** Groups of which everything is fetched at the moment, and until when. */
  readonly #turns = new Map<MetadataGroup, number>()
  readonly #liars = new Set<string>()
  #isOver = false

  constructor(options: MetadataFetchOptions) {
    this.#options = options
  }

  /** Bytes that have arrived. */
  get heldBytes(): number {
    let held = 0
    for (const { draft } of this.#groups.values()) held += draft.heldBytes
    return held
  }

  /** A peer says that it has metadata of `size` bytes. Whatever is no such size is ignored. */
  offered(peer: MetadataPeer, size: unknown): void {
    if (this.#isOver || !isMetadataSize(size) || this.#liars.has(peerAddress(peer))) return
    const claim = this.#claims.get(peer.id)
    const count = claim?.count ?? 0
    if (claim?.group.draft.size === size || count >= MAX_CLAIMS) return
    this.closed(peer.id)
    const group = this.#groups.get(size) ?? this.#open(size)
    const source = new MetadataSource(peer)
    group.sources.set(peer.id, source)
    this.#claims.set(peer.id, { source, group, count: count + 1 })
    this.#ask(group)
  }

  /** A peer is gone. */
  closed(id: number): void {
    const group = this.#claims.get(id)?.group
    if (group === undefined) return
    this.#claims.delete(id)
    group.remove(id)
    this.#closeIfEmpty(group)
  }

  received(id: number, message: MetadataAnswer): void {
    const claim = this.#claims.get(id)
    if (claim === undefined || this.#isOver) return
    const { source, group } = claim
    const now = this.#options.now()
    if (message.kind === 'data' && message.totalSize !== group.draft.size) {
      this.#accuse(source)
      return
    }
    if (message.kind === 'data') group.add(source, message.piece, message.data, now)
    else group.rejected(source, now)
    if (group.draft.isWhole) void this.#verify(group)
    else this.#ask(group)
  }

  /** To be called about once a second: asks others for what does not come. */
  tick(): void {
    if (this.#isOver) return
    const now = this.#options.now()
    const isOneWaiting = [...this.#groups.values()].some((group) => this.#isWaiting(group))
    for (const [group, endsAt] of this.#turns) {
      const isStuck = now - group.grewAt > STUCK_MS
      if (!isOneWaiting || group.isVerifying || (now < endsAt && !isStuck)) continue
      this.#turns.delete(group)
      group.clear()
    }
    for (const group of this.#groups.values()) this.#ask(group)
  }

  /** Frees everything. */
  close(): void {
    this.#isOver = true
    for (const group of this.#groups.values()) group.clear()
    this.#groups.clear()
    this.#claims.clear()
    this.#turns.clear()
  }

  #open(size: number): MetadataGroup {
    const group = new MetadataGroup(size, this.#options.room, this.#options.now())
    this.#groups.set(size, group)
    return group
  }

  #closeIfEmpty(group: MetadataGroup): void {
    if (group.sources.size > 0 || group.isVerifying) return
    group.clear()
    this.#turns.delete(group)
    this.#groups.delete(group.draft.size)
  }

  #ask(group: MetadataGroup): void {
    const isSmall = !this.#mayBeLarge(group)
    group.ask(isSmall ? SMALL_BYTES : Number.POSITIVE_INFINITY, this.#options.now())
  }

  #mayBeLarge(group: MetadataGroup): boolean {
    if (group.draft.size <= SMALL_BYTES || this.#turns.has(group)) return true
    if (this.#turns.size >= MAX_LARGE) return false
    const isFirst = [...this.#groups.values()]
      .filter((other) => other !== group && this.#isWaiting(other))
      .every((other) => isBefore(group, other))
    if (!isFirst || (this.#groups.size > 1 && !this.#isWaiting(group))) return false
    const now = this.#options.now()
    this.#turns.set(group, now + FIRST_TURN_MS * 2 ** group.turns)
    group.turns++
    group.grewAt = now
    return true
  }

  /** It has given what is fetched of each, and there is more. */
  #isWaiting(group: MetadataGroup): boolean {
    if (this.#turns.has(group) || group.draft.size <= SMALL_BYTES) return false
    return group.draft.heldBytes >= SMALL_BYTES
  }

  async #verify(group: MetadataGroup): Promise<void> {
    if (group.isVerifying) return
    group.isVerifying = true
    const infoBytes = await group.draft.verify(this.#options.infoHash)
    group.isVerifying = false
    if (this.#isOver) return
    if (infoBytes === null) {
      for (const liar of group.failed(this.#options.now())) this.#accuse(liar)
      if (group.sources.size > 0) this.#ask(group)
      else this.#closeIfEmpty(group)
      return
    }
    this.close()
    this.#options.onMetadata(infoBytes)
  }

  /** What it sends is wrong: it is asked for metadata no more. */
  #accuse({ peer }: MetadataSource): void {
    this.closed(peer.id)
    this.#liars.add(peerAddress(peer))
    for (const oldest of this.#liars) {
      if (this.#liars.size <= MAX_LIARS) return
      this.#liars.delete(oldest)
    }
  }
}

/** With its port: a network may share an address. */
const peerAddress = ({ address, port }: MetadataPeer): string => `${address} ${port}`

/** Who has had fewer turns, then who has more addresses behind it, then who is smaller. */
function isBefore(one: MetadataGroup, other: MetadataGroup): boolean {
  if (one.turns !== other.turns) return one.turns < other.turns
  if (one.support !== other.support) return one.support > other.support
  return one.draft.size < other.draft.size
}
