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
  #cancels: SchedulerAction[] = []
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
    if (request.isSent) this.#cancels.push(blockAction('cancel', request))
    else this.#requests.splice(this.#requests.indexOf(request), 1)
  }

  discard(piece: number): void {
    this.#discards.push({ kind: 'discard', piece })
  }

  /** The wire of that number has closed: nothing can be said to it. */
  forget(wire: number): void {
    const isOther = (action: SchedulerAction): boolean =>
      action.kind === 'discard' || action.wire !== wire
    this.#cancels = this.#cancels.filter(isOther)
    this.#samples = this.#samples.filter(isOther)
  }

  take(): readonly SchedulerAction[] {
    const actions = [...this.#discards, ...this.#cancels, ...this.#samples]
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
