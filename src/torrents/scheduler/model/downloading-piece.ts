import type { PieceLayout } from '../../pieces/piece-layout.ts'
import type { BlockRequest } from './block-request.ts'
import type { Wire } from './wire.ts'

export const MISSING = 0
export const REQUESTED = 1
export const RECEIVED = 2
/** Received, and two addresses delivered the same bytes. */
export const PROVEN = 3

const NOBODY = -1

/** A piece that is neither verified nor untouched: some block of it is here or asked for. */
export class OpenPiece {
  readonly piece: number
  readonly length: number
  /** Index of its first block in the torrent. */
  readonly firstBlock: number
  readonly blockCount: number
  /** MISSING, REQUESTED, RECEIVED or PROVEN for each block. */
  readonly states: Uint8Array
  /** Requests for each block, chained by `nextHolder`. */
  readonly holders: (BlockRequest | null)[]
  /** Blocks that are neither here nor asked for. */
  unassigned: number
  /** Blocks that are not here. */
  missing: number
  /** Every block before this one is here or asked for. */
  firstUnassigned = 0
  /** Requests for its blocks, copies included. */
  requests = 0
  /** The wire that downloads it in the background, so that a piece comes in order from one peer. */
  owner: Wire | null = null
  /** Opened by the background download: counts towards its limit of open bytes. */
  isBackground = false
  readonly #layout: PieceLayout
  /** Peers and their addresses, by number. */
  readonly #senders: Int32Array
  readonly #addresses: Int32Array
  /** Who else has sent a block that was here, by block. */
  #seconds: Map<number, readonly number[]> | null = null
  /** How often copies of a block differed, by block. */
  #disputes: Map<number, number> | null = null

  constructor(layout: PieceLayout, piece: number) {
    this.#layout = layout
    this.piece = piece
    this.length = layout.lengthOf(piece)
    this.firstBlock = layout.firstBlockOf(piece)
    this.blockCount = layout.blocksIn(piece)
    this.states = new Uint8Array(this.blockCount)
    this.holders = new Array<BlockRequest | null>(this.blockCount).fill(null)
    this.unassigned = this.blockCount
    this.missing = this.blockCount
    this.#senders = new Int32Array(this.blockCount).fill(NOBODY)
    this.#addresses = new Int32Array(this.blockCount).fill(NOBODY)
  }

  blockLength(block: number): number {
    return this.#layout.blockLength(this.piece, block)
  }

  isHere(block: number): boolean {
    return (this.states[block] ?? MISSING) >= RECEIVED
  }

  /** Number of the peer that sent the block that is here; -1 where it is not. */
  senderOf(block: number): number {
    return this.#senders[block] ?? NOBODY
  }

  /** Number of the address that it came from; -1 likewise. */
  addressOf(block: number): number {
    return this.#addresses[block] ?? NOBODY
  }

  setSender(block: number, { peer, address }: Pick<Wire, 'peer' | 'address'>): void {
    this.#senders[block] = peer
    this.#addresses[block] = address
  }

  clearSender(block: number): void {
    this.#senders[block] = NOBODY
    this.#addresses[block] = NOBODY
    this.#seconds?.delete(block)
  }

  holderCount(block: number): number {
    let count = 0
    for (let r = this.holders[block] ?? null; r !== null; r = r.nextHolder) count++
    return count
  }

  requestOf(block: number, wire: Wire): BlockRequest | null {
    let request = this.holders[block] ?? null
    while (request !== null && request.wire !== wire) request = request.nextHolder
    return request
  }

  /** Has the address sent this block, or been asked for it? */
  involves(block: number, address: number): boolean {
    if (this.addressesOf(block).includes(address)) return true
    for (let r = this.holders[block] ?? null; r !== null; r = r.nextHolder) {
      if (r.wire.address === address) return true
    }
    return false
  }

  /** Another address has sent a block that is here. */
  addSecond(block: number, address: number): void {
    this.#seconds ??= new Map()
    this.#seconds.set(block, [...(this.#seconds.get(block) ?? []), address])
  }

  /** Copies of the block differ. */
  dispute(block: number): void {
    this.#disputes ??= new Map()
    this.#disputes.set(block, this.disputesOf(block) + 1)
  }

  disputesOf(block: number): number {
    return this.#disputes?.get(block) ?? 0
  }

  /** Addresses that have sent the block, first and later ones. */
  addressesOf(block: number): readonly number[] {
    return [this.addressOf(block), ...(this.#seconds?.get(block) ?? [])]
  }
}
