import type { BlockAddress } from './wire-codec.ts'

interface Pending {
  readonly block: BlockAddress
  /** When the first bit can be there: one round trip after it was asked. In ms. */
  readonly readyAt: number
}

/**
 * What a peer was asked for, first in first out, and when each block has left at the peer's rate.
 * Pure: the time, in ms, comes in with each call. A block that leaves late does not shift the next
 * ones, so the rate holds although timers are coarse.
 */
export class RequestQueue {
  readonly #bytesPerSecond: number
  readonly #rttMs: number
  #pending: Pending[] = []
  #lineFreeAt = Number.NEGATIVE_INFINITY

  constructor(bytesPerSecond: number, rttMs: number) {
    this.#bytesPerSecond = bytesPerSecond
    this.#rttMs = rttMs
  }

  get length(): number {
    return this.#pending.length
  }

  add(block: BlockAddress, now: number): void {
    this.#pending.push({ block, readyAt: now + this.#rttMs })
  }

  /** Takes a request back; false if it was never made, or if its block is on the line already. */
  cancel(block: BlockAddress, now: number): boolean {
    const index = this.#pending.findIndex((p) => isSame(p.block, block))
    const found = this.#pending[index]
    if (!found) return false
    if (index === 0 && Math.max(this.#lineFreeAt, found.readyAt) <= now) return false
    this.#pending.splice(index, 1)
    return true
  }

  /** When the last bit of the next block is there, in ms; null if nothing is asked. */
  dueAt(): number | null {
    const next = this.#pending[0]
    if (!next) return null
    const start = Math.max(this.#lineFreeAt, next.readyAt)
    return start + (next.block.length / this.#bytesPerSecond) * 1_000
  }

  /** The next block if it is due, and takes it out. */
  take(now: number): BlockAddress | null {
    const dueAt = this.dueAt()
    if (dueAt === null || dueAt > now) return null
    this.#lineFreeAt = dueAt
    return this.#pending.shift()?.block ?? null
  }

  /** The line was blocked by the receiver until `now`: no credit for that time. */
  resume(now: number): void {
    this.#lineFreeAt = Math.max(this.#lineFreeAt, now)
  }

  clear(): void {
    this.#pending = []
  }
}

function isSame(a: BlockAddress, b: BlockAddress): boolean {
  return a.piece === b.piece && a.offset === b.offset && a.length === b.length
}
