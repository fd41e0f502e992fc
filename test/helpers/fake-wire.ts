import { BLOCK_LENGTH } from '../../src/torrents/pieces/block.ts'
import type { SwarmWire, WireListener } from '../../src/torrents/swarm/swarm.ts'
import type { WireEvent } from '../../src/torrents/swarm/wire-events.ts'

let nextId = 1

export interface FakeWireOptions {
  readonly listener: WireListener
  /** All bytes of the torrent. */
  readonly data: Uint8Array
  readonly pieceLength: number
  readonly address?: string
  /** Each block that it sends is wrong. */
  readonly lies?: boolean
}

/** A wire to a seed in this process, which answers each request in the next turn. */
export class FakeWire implements SwarmWire {
  readonly id = nextId++
  readonly address: string
  readonly port = 6_881
  readonly transport = 'tcp'
  readonly isIncoming = false
  readonly requestLimit = 250
  readonly roundTripMs = null
  readonly givesSamples = true
  readonly isFast = true
  readonly requested: string[] = []
  isInterested = false
  isClosed = false
  readonly #options: FakeWireOptions
  readonly #open = new Set<string>()

  constructor(options: FakeWireOptions) {
    this.#options = options
    this.address = options.address ?? '10.0.0.1'
  }

  /** Both have shaken hands, and the peer has said all that `known` tells. */
  connect(): void {
    this.#tell({ kind: 'opened' })
    for (const event of this.known()) this.#tell(event)
  }

  known(): readonly WireEvent[] {
    return [{ kind: 'have-all' }, { kind: 'unchoked' }]
  }

  request(piece: number, offset: number, length: number): void {
    const { data, pieceLength, listener, lies = false } = this.#options
    const key = `${piece}:${offset}`
    this.requested.push(key)
    this.#open.add(key)
    setImmediate(() => {
      if (!this.#open.delete(key)) return
      const start = piece * pieceLength + offset
      const block = Uint8Array.from(data.subarray(start, start + Math.min(length, BLOCK_LENGTH)))
      if (lies) block[0] = (block[0] ?? 0) ^ 0xff
      listener.block(this, piece, offset, block)
    })
  }

  cancel(piece: number, offset: number): void {
    this.#open.delete(`${piece}:${offset}`)
  }

  setInterested(isInterested: boolean): void {
    this.isInterested = isInterested
  }

  destroy(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.#open.clear()
    this.#tell({ kind: 'closed' })
  }

  #tell(event: WireEvent): void {
    this.#options.listener.wireEvent(this, event)
  }
}
