/** `copy`: a second copy to compare with; `background`: nobody waits for it. */
export type RequestPurpose = 'stream' | 'copy' | 'background'

/** Who is asked: what its requests have to know of a wire. */
export interface AskedWire {
  readonly id: number
  readonly address: string
  /** `ip:port` */
  readonly peer: string
  readonly isDelivering: boolean
  readonly timing: {
    readonly roundTripMs: number
    readonly blockMs: number
    /** When it last sent a block that was asked for; ms. */
    readonly lastArrivalAt: number
  }
  readonly answers: {
    /** When the request will be answered; ms. */
    of(request: BlockRequest): number
  }
}

/** What it is asked for a block of. */
export interface AskedPiece {
  readonly piece: number
  readonly firstBlock: number
  blockLength(block: number): number
}

/** One block asked of one wire. */
export class BlockRequest {
  readonly wire: AskedWire
  readonly piece: number
  /** Within the piece. */
  readonly block: number
  /** In the torrent. */
  readonly index: number
  readonly length: number
  readonly purpose: RequestPurpose
  /** When the wire was asked; ms. */
  sentAt = 0
  /** How many requests stood before it in the wire's queue then. */
  ahead = 0
  /** How many requests the wire had been sent before it. */
  order = 0
  /** The peer has been told. */
  isSent = false
  /** Its place in the queue when the queue was last counted. */
  place = 0
  previous: BlockRequest | null = null
  next: BlockRequest | null = null
  /** Another request for the same block, with another wire. */
  nextHolder: BlockRequest | null = null

  constructor(wire: AskedWire, piece: AskedPiece, block: number, purpose: RequestPurpose) {
    this.wire = wire
    this.piece = piece.piece
    this.block = block
    this.index = piece.firstBlock + block
    this.length = piece.blockLength(block)
    this.purpose = purpose
  }
}
