import { BLOCK_LENGTH } from '../block.ts'
import type { BlockRequest } from './block-request.ts'
import type { Wire } from './wire.ts'

/** A message to be sent to a peer; offsets and lengths in bytes of the piece. */
export type SchedulerAction =
  | BlockAction
  | { readonly kind: 'interest'; readonly wire: number; readonly interested: boolean }

export interface BlockAction {
  readonly kind: 'request' | 'cancel'
  readonly wire: number
  readonly piece: number
  readonly offset: number
  readonly length: number
}

/** Collects the messages of one plan: interest, then cancels, then requests. */
export class ActionList {
  #interests: SchedulerAction[] = []
  #cancels: SchedulerAction[] = []
  #requests: SchedulerAction[] = []

  request(request: BlockRequest): void {
    this.#requests.push(blockAction('request', request))
  }

  cancel(request: BlockRequest): void {
    this.#cancels.push(blockAction('cancel', request))
  }

  interest(wire: Wire): void {
    this.#interests.push({ kind: 'interest', wire: wire.id, interested: wire.isInterested })
  }

  take(): readonly SchedulerAction[] {
    const { length } = this.#requests
    if (this.#interests.length === 0 && this.#cancels.length === 0 && length === 0) return []
    const actions = [...this.#interests, ...this.#cancels, ...this.#requests]
    this.#interests = []
    this.#cancels = []
    this.#requests = []
    return actions
  }
}

function blockAction(kind: 'request' | 'cancel', request: BlockRequest): BlockAction {
  return {
    kind,
    wire: request.wire.id,
    piece: request.piece.piece,
    offset: request.block * BLOCK_LENGTH,
    length: request.length,
  }
}
