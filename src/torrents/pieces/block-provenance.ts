import type { PieceLayout } from './piece-layout.ts'

/**
 * When a block may go to a viewer before its piece has been hashed.
 * `proven`: it came from a peer that has contributed to a verified piece in this session, and to no
 * wrong one since, or two addresses delivered the same bytes. `always`: at once. `off`: never.
 */
export type Verification = 'proven' | 'always' | 'off'

/** Who sent a block. */
export interface Sender {
  /** `ip:port`: whom we trust or blame, as an honest peer may share its address with a liar. */
  readonly peer: string
  /** IP address without a port: two copies from one address prove nothing. */
  readonly address: string
}

/** Whoever reads; some take whole verified pieces only. */
export interface Viewer {
  readonly verifiedOnly: boolean
}

/** Peers remembered as trusted; those that contributed longest ago are forgotten first. */
const MOST_TRUSTED = 2_000

/** What is known of the blocks of a piece that has not been verified. */
interface Deliveries {
  /** Who sent each block that is held. */
  readonly senders: (Sender | undefined)[]
  /** Other addresses that have sent a block that is held, by block. */
  readonly copies: Map<number, readonly string[]>
  readonly proven: Set<number>
  /** How often copies of a block differed, by block. */
  readonly disputes: Map<number, number>
}

/**
 * Where the blocks come from that are held and not verified: who sent each, which of them two
 * addresses agree on, and which peers are trusted. The scheduler and the streams share it.
 */
export class BlockProvenance {
  readonly verification: Verification
  readonly #layout: PieceLayout
  readonly #pieces = new Map<number, Deliveries>()
  readonly #trusted = new Set<string>()

  constructor(layout: PieceLayout, verification: Verification) {
    this.#layout = layout
    this.verification = verification
  }

  /** May a viewer see a block before its piece has been verified? This is the rule, here alone. */
  mayBeShown(piece: number, block: number, viewer: Viewer): boolean {
    if (!this.showsUnverified(viewer)) return false
    const deliveries = this.#pieces.get(piece)
    const sender = deliveries?.senders[block]
    if (deliveries === undefined || sender === undefined) return false
    if (this.verification === 'always') return true
    return this.#trusted.has(sender.peer) || deliveries.proven.has(block)
  }

  /** Can there be anything for the viewer before a piece has been verified? */
  showsUnverified({ verifiedOnly }: Viewer): boolean {
    return this.verification !== 'off' && !verifiedOnly
  }

  /** A block is held from now on. The first sender of a block that is held already stays. */
  received(piece: number, block: number, sender: Sender): void {
    let deliveries = this.#pieces.get(piece)
    if (deliveries === undefined) {
      const senders = new Array<Sender | undefined>(this.#layout.blocksIn(piece)).fill(undefined)
      deliveries = { senders, copies: new Map(), proven: new Set(), disputes: new Map() }
      this.#pieces.set(piece, deliveries)
    }
    deliveries.senders[block] ??= sender
  }

  /** Another address has sent a block that is held. */
  copied(piece: number, block: number, address: string): void {
    const copies = this.#pieces.get(piece)?.copies
    copies?.set(block, [...(copies.get(block) ?? []), address])
  }

  /** Two addresses have delivered the same bytes. */
  prove(piece: number, block: number): void {
    this.#pieces.get(piece)?.proven.add(block)
  }

  /** Copies of a block differ: it is held no longer. */
  dispute(piece: number, block: number): void {
    const deliveries = this.#pieces.get(piece)
    if (deliveries === undefined) return
    deliveries.senders[block] = undefined
    deliveries.copies.delete(block)
    deliveries.proven.delete(block)
    deliveries.disputes.set(block, this.disputesOf(piece, block) + 1)
  }

  /** The piece is verified, or its blocks are held no longer. */
  forget(piece: number): void {
    this.#pieces.delete(piece)
  }

  /** `undefined` where the block is not held. */
  senderOf(piece: number, block: number): Sender | undefined {
    return this.#pieces.get(piece)?.senders[block]
  }

  /** The peer (`ip:port`) that sent each block of a piece; `undefined` for one that is not held. */
  peersOf(piece: number): readonly (string | undefined)[] {
    return this.#pieces.get(piece)?.senders.map((sender) => sender?.peer) ?? []
  }

  /** Addresses that have sent a block that is held, the first and later ones. */
  addressesOf(piece: number, block: number): string[] {
    const deliveries = this.#pieces.get(piece)
    const sender = deliveries?.senders[block]
    if (deliveries === undefined || sender === undefined) return []
    return [sender.address, ...(deliveries.copies.get(block) ?? [])]
  }

  /** Do two addresses agree on a block that is held? */
  isProven(piece: number, block: number): boolean {
    return this.#pieces.get(piece)?.proven.has(block) ?? false
  }

  disputesOf(piece: number, block: number): number {
    return this.#pieces.get(piece)?.disputes.get(block) ?? 0
  }

  /** The peer (`ip:port`) has contributed to a verified piece. */
  trust(peer: string): void {
    this.#trusted.delete(peer)
    this.#trusted.add(peer)
    const [oldest] = this.#trusted
    if (this.#trusted.size > MOST_TRUSTED && oldest !== undefined) this.#trusted.delete(oldest)
  }

  /** It has sent blocks of a wrong piece: until it contributes to a right one, it counts as unknown. */
  distrust(peer: string): void {
    this.#trusted.delete(peer)
  }

  isTrusted(peer: string): boolean {
    return this.#trusted.has(peer)
  }
}
