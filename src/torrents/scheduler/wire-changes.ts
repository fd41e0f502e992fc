import type { Availability } from './background/availability.ts'
import type { BackgroundDownload } from './background/background.ts'
import type { Blame } from './blame.ts'
import type { SchedulerState } from './model/scheduler-state.ts'
import { Wire, type WireFacts } from './model/wire.ts'

export interface WireChangesOptions {
  readonly state: SchedulerState
  readonly availability: Availability
  readonly background: Pick<BackgroundDownload, 'release'>
  readonly blame: Pick<Blame, 'left'>
}

/** What peers tell: that they are here or gone, choke us or not, and which pieces they have. Times are ms. */
export class WireChanges {
  readonly #options: WireChangesOptions
  readonly #state: SchedulerState

  constructor(options: WireChangesOptions) {
    this.#options = options
    this.#state = options.state
  }

  opened(id: number, facts: WireFacts, now: number): void {
    this.#state.now = now
    const { layout, parole } = this.#state
    const wire = new Wire(id, facts, { pieceCount: layout.pieceCount, parole, clock: this.#state })
    if (parole.isConvicted(wire.address)) parole.suspect(wire.peer)
    this.#state.wires.set(id, wire)
  }

  /** The peer has told its `reqq`. */
  limited(id: number, requestLimit: number): void {
    this.#withWire(id, (wire) => wire.limit(requestLimit))
  }

  closed(id: number, now: number): void {
    this.#state.now = now
    const { availability, blame } = this.#options
    this.#withWire(id, (wire) => {
      this.release(wire)
      availability.remove(wire)
      this.#state.samples.closed(wire)
      this.#state.wires.delete(id)
      blame.left(wire.peer)
      this.#state.actions.forget(id)
    })
  }

  /** `requestsDropped`: the peer has forgotten them, as it does without the fast extension. */
  choked(
    id: number,
    now: number,
    { requestsDropped }: { readonly requestsDropped: boolean },
  ): void {
    this.#state.now = now
    this.#withWire(id, (wire) => {
      wire.choke()
      this.#options.background.release(wire)
      this.#state.release(wire)
      if (!requestsDropped) return
      this.release(wire)
      this.#state.samples.dropped(wire)
      this.#state.actions.forget(id)
    })
  }

  unchoked(id: number, now: number): void {
    this.#state.now = now
    this.#withWire(id, (wire) => wire.unchoke())
  }

  /** False where it is no news, or no piece. */
  have(id: number, piece: number): boolean {
    const wire = this.#state.wires.get(id)
    if (wire === undefined || !this.#state.layout.isPiece(piece)) return false
    if (wire.pieces.has(piece)) return false
    this.#withWire(id, () => this.#options.availability.gained(wire, piece))
    return true
  }

  /** One bit for each piece, most significant first; as many as there are pieces count. */
  bitfield(id: number, pieces: Uint8Array): void {
    this.#withWire(id, (wire) => this.#options.availability.replace(wire, pieces))
  }

  haveAll(id: number): void {
    if (this.#state.wires.get(id)?.pieces.isFull) return
    this.bitfield(id, new Uint8Array(Math.ceil(this.#state.layout.pieceCount / 8)).fill(0xff))
  }

  /** False where it changes nothing: it is no piece, no news, or one too many. */
  allowedFast(id: number, piece: number): boolean {
    const wire = this.#state.wires.get(id)
    if (wire === undefined || !this.#state.layout.isPiece(piece)) return false
    if (!wire.pieces.allowFast(piece)) return false
    this.#withWire(id, () => {})
    return true
  }

  /** The wire will answer nothing that it was asked for. */
  release(wire: Wire): void {
    for (const request of wire.queue.toArray()) this.#state.drop(wire, request)
    this.#options.background.release(wire)
    this.#state.release(wire)
  }

  #withWire(id: number, change: (wire: Wire) => void): void {
    const wire = this.#state.wires.get(id)
    if (wire === undefined) return
    change(wire)
    wire.refresh()
  }
}
