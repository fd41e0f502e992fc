import { Contradictions } from './contradictions.ts'
import { PairTally } from './pair-tally.ts'
import type { PieceLayout } from './piece-layout.ts'

/**
 * When a block may go to a viewer before its piece has been hashed.
 * `proven`: it came from a peer that has contributed 64 blocks to verified pieces in this session, and to
 * no wrong one since, or two addresses delivered the same bytes, the second at least a random stretch
 * of them. `always`: at once. `off`: never.
 */
export type Verification = 'proven' | 'always' | 'off'

/** Who sent a block. */
export interface Sender {
  /** `ip:port`: whom we trust or blame, as an honest peer may share its address with a liar. */
  readonly peer: string
  /** IP address without a port, of IPv6 the /64 network: two copies from one address prove nothing. */
  readonly address: string
}

/** Whoever reads; some take whole verified pieces only. */
export interface Viewer {
  readonly verifiedOnly: boolean
}

/** Peers remembered as trusted; those that contributed longest ago are forgotten first. */
const MOST_TRUSTED = 2_000
/** Banned peers remembered; likewise. */
const MOST_BANNED = 2_000
/** Right blocks after which a peer is trusted: one that lies in a tenth gets there once in 850 times. */
const ENOUGH_BLOCKS = 64

/** What is known of the blocks of a piece that has not been verified. */
interface Deliveries {
  /** Who sent each block that is held. */
  readonly senders: (Sender | undefined)[]
  /** Other addresses that have sent a block that is held, by block. */
  readonly copies: Map<number, readonly string[]>
  readonly proven: Set<number>
  /** Peers that have sent an equal stretch of a block, by block. */
  readonly vouchers: Map<number, readonly string[]>
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
  /** Blocks of verified pieces that peers have sent. */
  readonly #right = new Map<string, number>()
  /** Peers that were party to a wrong piece, and to no right one since. */
  readonly #suspected = new Set<string>()
  readonly #contradictions = new Contradictions()
  readonly #banned = new Set<string>()
  readonly #tally = new PairTally()

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
    if (this.isTrusted(sender.peer) || deliveries.proven.has(block)) return true
    if (this.isDiscredited(sender.peer)) return false
    return deliveries.vouchers.get(block)?.some((peer) => !this.isDiscredited(peer)) ?? false
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
      deliveries = {
        ...{ senders, copies: new Map(), proven: new Set() },
        ...{ vouchers: new Map(), disputes: new Map() },
      }
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

  /**
   * A peer at another address than the sender's has sent an equal stretch of a block that is held. Returns the peers
   * that are outvoted by it now.
   */
  vouch(piece: number, block: number, peer: string): readonly string[] {
    const deliveries = this.#pieces.get(piece)
    const sender = deliveries?.senders[block]
    if (deliveries === undefined || sender === undefined) return []
    const { vouchers } = deliveries
    vouchers.set(block, [...(vouchers.get(block) ?? []), peer])
    this.#tally.agreed(sender.peer, peer)
    return this.#contradictions.agreed(sender.peer, peer)
  }

  /**
   * Two peers have sent different bytes for one place: neither is trusted until it is settled. Returns those that are
   * outvoted by it now.
   */
  contradict(one: Sender, other: Sender): readonly string[] {
    // What it has sent before may be compared still.
    if (this.#banned.has(one.peer) || this.#banned.has(other.peer)) return []
    this.#tally.differed(one.peer, other.peer)
    return this.#contradictions.add(one, other)
  }

  /** It was proven to lie: it contradicts nobody any more. */
  banned(peer: string): void {
    this.#contradictions.forget(peer)
    this.#tally.forget(peer)
    this.#banned.add(peer)
    const [oldest] = this.#banned
    if (this.#banned.size > MOST_BANNED && oldest !== undefined) this.#banned.delete(oldest)
  }

  /** The two hardly ever agree, so neither can vouch for the other. */
  areOpposed(one: string, other: string): boolean {
    return this.#tally.areOpposed(one, other)
  }

  /** Two addresses have sent something else than the peer: it is taken for the liar. */
  isOutvoted(peer: string): boolean {
    return this.#contradictions.isOutvoted(peer)
  }

  /** Blocks that the peer has sent, that are held, and that no two addresses agree on. */
  unprovenOf(peer: string): { readonly piece: number; readonly block: number }[] {
    const blocks: { readonly piece: number; readonly block: number }[] = []
    for (const [piece, { senders, proven }] of this.#pieces) {
      for (const [block, sender] of senders.entries()) {
        if (sender?.peer === peer && !proven.has(block)) blocks.push({ piece, block })
      }
    }
    return blocks
  }

  /** It may be a liar: another has sent something else, or it was party to a wrong piece. */
  isDoubted(peer: string): boolean {
    return this.#suspected.has(peer) || this.#contradictions.isDoubted(peer)
  }

  /** It was party to a wrong piece, and to no right one since. */
  isSuspected(peer: string): boolean {
    return this.#suspected.has(peer)
  }

  /**
   * It vouches for nothing, and nobody for it. Of two that contradict each other one may be honest, and where it agrees
   * with somebody that is right: so one contradiction is not enough.
   */
  isDiscredited(peer: string): boolean {
    // Blocks of it that are right and held still make it no less of a liar.
    return this.#banned.has(peer) || this.#suspected.has(peer) || this.isOutvoted(peer)
  }

  /** Copies of a block differ: it is held no longer. */
  dispute(piece: number, block: number): void {
    const deliveries = this.#pieces.get(piece)
    if (deliveries === undefined) return
    deliveries.senders[block] = undefined
    deliveries.copies.delete(block)
    deliveries.proven.delete(block)
    deliveries.vouchers.delete(block)
    deliveries.disputes.set(block, this.disputesOf(piece, block) + 1)
  }

  /** Blocks that were thrown away because copies differed; they count as such no longer. */
  settleDisputes(): { readonly piece: number; readonly block: number }[] {
    const blocks: { readonly piece: number; readonly block: number }[] = []
    for (const [piece, { disputes }] of this.#pieces) {
      for (const block of disputes.keys()) blocks.push({ piece, block })
      disputes.clear()
    }
    return blocks
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

  /** The peer (`ip:port`) has contributed so many blocks to a verified piece. */
  trust(peer: string, blocks = ENOUGH_BLOCKS): void {
    this.#suspected.delete(peer)
    const right = (this.#right.get(peer) ?? 0) + blocks
    this.#right.delete(peer)
    this.#right.set(peer, right)
    const [oldest] = this.#right.keys()
    if (this.#right.size > MOST_TRUSTED && oldest !== undefined) this.#right.delete(oldest)
  }

  /** It has sent blocks of a wrong piece: until it contributes to a right one, nobody vouches for it. */
  distrust(peer: string): void {
    this.#right.delete(peer)
    this.#suspected.add(peer)
    const [oldest] = this.#suspected
    if (this.#suspected.size > MOST_TRUSTED && oldest !== undefined) this.#suspected.delete(oldest)
  }

  /** It has contributed so much to verified pieces that it needs nobody to vouch for it. */
  isTrusted(peer: string): boolean {
    if (this.#banned.has(peer) || (this.#right.get(peer) ?? 0) < ENOUGH_BLOCKS) return false
    return !this.#contradictions.isDoubted(peer)
  }
}
