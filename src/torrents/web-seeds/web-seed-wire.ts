import type { Semaphore } from '../../concurrency/semaphore.ts'
import type { Bitfield } from '../pieces/bitfield.ts'
import type { PieceLayout } from '../pieces/piece-layout.ts'
import type { SwarmWire, WireListener } from '../swarm/swarm.ts'
import type { WireEvent } from '../swarm/wire-events.ts'
import { nextWireId } from '../swarm/wire-id.ts'
import { type AskedBlock, BlockQueue } from './block-batch.ts'
import { WebSeedFault, type WebSeedFiles } from './web-seed-files.ts'
import { serverOf } from './web-seed-url.ts'

/** While one answer comes in, the next is on its way; what is asked meanwhile is asked at once. */
const REQUESTS_AT_ONCE = 2
/** Blocks that may stand open: 16 MiB. */
const REQUEST_LIMIT = 1_024

export interface WebSeedWireOptions {
  readonly url: string
  readonly files: WebSeedFiles
  readonly layout: PieceLayout
  readonly listener: WireListener
  /** HTTP requests of all torrents. */
  readonly room: Semaphore
  /** What it has, one bit for each piece; `null` for everything. */
  readonly pieces: () => Bitfield | null
  readonly onBlock: () => void
  /** Something that is nobody's fault but ours. */
  readonly onError: (error: unknown) => void
  readonly onFault: (fault: WebSeedFault) => void
  readonly onClose: () => void
}

/** One HTTP request under way. */
interface Batch {
  readonly blocks: readonly AskedBlock[]
  readonly cancelled: Set<AskedBlock>
  readonly ending: AbortController
  /** The first block that is not here. */
  next: number
}

/** A web seed as a peer: it has everything, never chokes, and answers requests by HTTP ranges. */
export class WebSeedWire implements SwarmWire {
  readonly id = nextWireId()
  readonly address: string
  readonly port: number
  readonly transport = 'tcp'
  readonly isIncoming = false
  readonly roundTripMs = null
  readonly requestLimit = REQUEST_LIMIT
  readonly givesSamples = false
  readonly isFast = true
  readonly #options: WebSeedWireOptions
  readonly #queue = new BlockQueue()
  readonly #batches = new Set<Batch>()
  #isPumping = false
  #isClosed = false

  constructor(options: WebSeedWireOptions) {
    this.#options = options
    const { address, port } = serverOf(options.url)
    this.address = address
    this.port = port
  }

  open(): void {
    this.#tell({ kind: 'opened' })
    for (const event of this.known()) this.#tell(event)
  }

  known(): readonly WireEvent[] {
    const pieces = this.#options.pieces()
    const has: WireEvent =
      pieces === null ? { kind: 'have-all' } : { kind: 'bitfield', pieces: pieces.bytes }
    return [has, { kind: 'unchoked' }]
  }

  /** It has less than before. */
  hasLess(): void {
    const [has] = this.known()
    if (has !== undefined) this.#tell(has)
  }

  request(piece: number, offset: number, length: number): void {
    const start = this.#options.layout.startOf(piece) + offset
    this.#queue.add({ piece, offset, length, start })
    this.#pumpSoon()
  }

  cancel(piece: number, offset: number): void {
    if (this.#queue.remove(piece, offset)) return
    for (const batch of this.#batches) {
      const left = batch.blocks.slice(batch.next)
      const block = left.find((one) => one.piece === piece && one.offset === offset)
      if (block === undefined) continue
      batch.cancelled.add(block)
      // An answer that nobody waits for stands in the way of the next.
      if (left.every((one) => batch.cancelled.has(one))) batch.ending.abort()
    }
  }

  setInterested(): void {}

  destroy(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#queue.drain()
    for (const { ending } of this.#batches) ending.abort()
    this.#tell({ kind: 'closed' })
    this.#options.onClose()
  }

  #tell(event: WireEvent): void {
    this.#options.listener.wireEvent(this, event)
  }

  /** All that is asked for in this turn goes along. */
  #pumpSoon(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    queueMicrotask(() => {
      this.#isPumping = false
      this.#pump()
    })
  }

  #pump(): void {
    while (!this.#isClosed && this.#batches.size < REQUESTS_AT_ONCE && !this.#queue.isEmpty) {
      const blocks = this.#queue.takeBatch()
      const batch = {
        blocks,
        cancelled: new Set<AskedBlock>(),
        ending: new AbortController(),
        next: 0,
      }
      this.#batches.add(batch)
      void this.#fetch(batch)
    }
  }

  async #fetch(batch: Batch): Promise<void> {
    const fault = await this.#options.room.run(() => this.#read(batch))
    this.#batches.delete(batch)
    if (this.#isClosed) return
    if (fault !== null) this.#options.onFault(fault)
    if (this.#isClosed) return
    const left = batch.blocks.slice(batch.next).filter((block) => !batch.cancelled.has(block))
    for (const block of left) {
      if (this.#options.pieces()?.has(block.piece) ?? true) this.#queue.add(block)
      else this.#tell({ kind: 'rejected', piece: block.piece, offset: block.offset })
    }
    // What it lacks says nothing of the rest: it is not left alone like a peer that rejects everything.
    if (left.length > 0) this.#tell({ kind: 'unchoked' })
    this.#pump()
  }

  /** Hands out each block once it is whole. Never rejects: resolves with what went wrong. */
  async #read(batch: Batch): Promise<WebSeedFault | null> {
    const { blocks, ending } = batch
    const [first, last] = [blocks[0], blocks.at(-1)]
    if (first === undefined || last === undefined) return null
    const span = { start: first.start, end: last.start + last.length }
    const buffer = new Uint8Array(Math.max(...blocks.map(({ length }) => length)))
    let filled = 0
    try {
      for await (const chunk of this.#options.files.read(span, ending.signal)) {
        for (let at = 0; at < chunk.length; ) {
          const block = blocks[batch.next]
          if (block === undefined || this.#isClosed) return null
          const part = chunk.subarray(at, at + block.length - filled)
          buffer.set(part, filled)
          filled += part.length
          at += part.length
          if (filled < block.length) continue
          filled = 0
          batch.next++
          this.#options.onBlock()
          const data = buffer.subarray(0, block.length)
          this.#options.listener.block(this, block.piece, block.offset, data)
        }
      }
      return null
    } catch (error) {
      if (error instanceof WebSeedFault) return error
      if (!ending.signal.aborted) this.#options.onError(error)
      return null
    }
  }
}
