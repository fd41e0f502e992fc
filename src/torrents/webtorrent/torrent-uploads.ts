import type { Clock } from '../../clock.ts'
import { Bitfield } from '../pieces/bitfield.ts'
import { PieceLayout } from '../pieces/piece-layout.ts'
import type { ThrottleGroup } from '../rates/throttle.ts'
import type { SwarmMetadata } from '../swarm/swarm.ts'
import { CHOKE_ROUND_MS } from '../uploads/choke-plan.ts'
import { Choking } from '../uploads/choking.ts'
import { GivingPace, type GivingPeer } from '../uploads/giving-pace.ts'
import type { Offer } from '../uploads/upload-queue.ts'
import type { UploadSlots } from '../uploads/upload-slots.ts'

export interface TorrentUploadsOptions {
  readonly slots: UploadSlots
  /** What holds back blocks that peers ask for; nothing when absent. */
  readonly throttle: ThrottleGroup | undefined
  /** Those who are connected. */
  readonly peers: Iterable<GivingPeer>
  readonly clock: Clock
}

/** What one torrent uploads: which pieces it offers, whom it chokes, and how fast it gives. */
export class TorrentUploads {
  readonly choking: Choking
  readonly throttle: ThrottleGroup | undefined
  readonly #pace: GivingPace | null
  readonly #chokeTimer: NodeJS.Timeout
  /** `null` as long as nobody knows what is on the disk. */
  #have: Bitfield | null = null
  #offer: Offer | null = null

  constructor({ slots, throttle, peers, clock }: TorrentUploadsOptions) {
    this.throttle = throttle
    const isSeeding = (): boolean => this.#have?.isFull ?? false
    const now = (): number => clock.now()
    this.choking = new Choking({ slots, now, random: Math.random, isSeeding })
    this.#pace =
      throttle === undefined
        ? null
        : new GivingPace({ clock, uploads: throttle, peers: () => peers, isSeeding })
    this.#chokeTimer = setInterval(() => this.choking.round(), CHOKE_ROUND_MS).unref()
  }

  /** The pieces that are here; `null` as long as nobody knows. */
  get have(): Bitfield | null {
    return this.#have
  }

  /** What peers may ask for; `null` for nothing. */
  get offer(): Offer | null {
    return this.#offer
  }

  /** These are here (MSB first). Nobody is unchoked before `open`. */
  setHave(pieces: Uint8Array, metadata: SwarmMetadata): Bitfield {
    const have = new Bitfield(metadata.pieceCount, pieces)
    const layout = new PieceLayout(metadata.pieceLength, metadata.length)
    this.#have = have
    this.#offer = {
      has: (piece) => have.has(piece),
      lengthOf: (piece) => layout.lengthOf(piece),
    }
    return have
  }

  /** Who is connected has been told of the pieces, and may ask for them. */
  open(): void {
    this.choking.open()
  }

  gained(piece: number): void {
    this.#have?.set(piece)
  }

  lost(piece: number): void {
    this.#have?.clear(piece)
  }

  /** Bytes of blocks that peers have sent: what we give keeps pace with them. */
  received(bytes: number): void {
    this.#pace?.received(bytes)
  }

  close(): void {
    clearInterval(this.#chokeTimer)
    this.choking.close()
    this.#pace?.close()
  }
}
