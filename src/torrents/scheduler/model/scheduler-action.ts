import { BLOCK_LENGTH } from '../../pieces/block.ts'
import type { BlockRequest } from './block-request.ts'
import type { Sample } from './sample-book.ts'

/** A message to be sent to a peer; offsets and lengths in bytes of the piece. */
export type SchedulerAction =
  | BlockAction
  /** What has arrived of the piece is to be thrown away. */
  | { readonly kind: 'discard'; readonly piece: number }

export interface BlockAction {
  readonly kind: 'request' | 'cancel'
  readonly wire: number
  readonly piece: number
  readonly offset: number
  readonly length: number
}

/** Collects what one plan wants done: discards, then cancels, samples, and requests. */
export class ActionList {
  #cancels: BlockRequest[] = []
  #discards: SchedulerAction[] = []
  #samples: SchedulerAction[] = []
  #requests: BlockRequest[] = []

  /** Before the blocks of the same plan: it is short, and is to be here when its block is. */
  sample({ wire, piece, offset, length }: Sample): void {
    this.#samples.push({ kind: 'request', wire: wire.id, piece, offset, length })
  }

  request(request: BlockRequest): void {
    this.#requests.push(request)
  }

  cancel(request: BlockRequest): void {
    if (request.isSent) this.#cancels.push(request)
    else this.#requests.splice(this.#requests.indexOf(request), 1)
  }

  /** The request was taken back between two plans, and is answered before the peer has been told. */
  answered(request: BlockRequest): void {
    const index = this.#cancels.indexOf(request)
    if (index >= 0) this.#cancels.splice(index, 1)
  }

  discard(piece: number): void {
    this.#discards.push({ kind: 'discard', piece })
  }

  /** The wire of that number has closed, or its peer has forgotten what it was asked: nothing is left to be taken back. */
  forget(wire: number): void {
    this.#cancels = this.#cancels.filter((request) => request.wire.id !== wire)
  }

  take(): readonly SchedulerAction[] {
    const cancels = this.#cancels.map((request) => blockAction('cancel', request))
    const actions = [...this.#discards, ...cancels, ...this.#samples]
    this.#discards = []
    this.#samples = []
    for (const request of this.#requests) {
      request.isSent = true
      actions.push(blockAction('request', request))
    }
    this.#cancels = []
    this.#requests = []
    return actions
  }
}

function blockAction(kind: 'request' | 'cancel', request: BlockRequest): BlockAction {
  return {
    kind,
    wire: request.wire.id,
    piece: request.piece,
    offset: request.block * BLOCK_LENGTH,
    length: request.length,
  }
}
