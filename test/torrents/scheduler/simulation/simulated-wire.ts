import type { SwarmWire, WireListener } from '../../../../src/torrents/swarm/swarm.ts'
import type { WireEvent } from '../../../../src/torrents/swarm/wire-events.ts'
import { rightBytes, wrongBytes } from './simulated-bytes.ts'
import type { Asked, PeerListener, SimulatedPeer } from './simulated-peer.ts'

/** Sees what goes over wires. */
export interface WireWatcher {
  requested?(wire: SimulatedWire, asked: Asked): void
  /** `wasAsked`: it had been requested and not answered. */
  cancelled?(wire: SimulatedWire, asked: Asked, wasAsked: boolean): void
  /** The peer's answer to a request, or its refusal, has come. */
  answered?(wire: SimulatedWire, asked: Asked): void
}

const BLOCK = 16_384

/** What a wire needs of the world around it. */
export interface WireWorld {
  readonly listener: WireListener
  readonly watcher: () => WireWatcher
  /** Number of the next lie. */
  readonly lie: () => number
  /** Calls `run` once so many bytes have come through our line. */
  readonly throughLine: (bytes: number, run: () => void) => void
  readonly closed: (wire: SimulatedWire) => void
  /** Something was told that streams may have been waiting for. */
  readonly told: () => void
}

/** Our end of a connection to a simulated peer. */
export class SimulatedWire implements SwarmWire, PeerListener {
  readonly id: number
  readonly address: string
  readonly port: number
  readonly transport = 'tcp'
  readonly isIncoming: boolean
  readonly roundTripMs: number | null
  readonly requestLimit: number
  readonly givesSamples: boolean
  readonly isFast: boolean
  readonly peer: SimulatedPeer
  /** What was requested and neither answered, refused, taken back nor forgotten by a choke; by block. */
  readonly asked = new Map<number, Asked>()
  /** How often each block was taken back without an answer so far. */
  readonly #takenBack = new Map<number, number>()
  readonly #world: WireWorld
  readonly #pieces: Uint8Array | null
  #isInterested = false

  /** `pieces`: what the peer has, as a bitfield; `null` for all. */
  constructor(peer: SimulatedPeer, pieces: Uint8Array | null, world: WireWorld) {
    this.id = peer.id
    this.peer = peer
    // Half of them have called us, and nobody knows how far they are.
    this.isIncoming = peer.id % 2 === 0
    this.roundTripMs = this.isIncoming ? null : peer.facts.roundTripMs
    this.address = peer.address
    this.port = peer.port
    this.requestLimit = peer.facts.requestLimit ?? 250
    this.givesSamples = peer.facts.givesSamples ?? true
    this.isFast = peer.facts.isFast ?? false
    this.#pieces = pieces
    this.#world = world
  }

  /** Requests for whole blocks; all others are for samples. */
  get askedBlocks(): number {
    let count = 0
    for (const { offset } of this.asked.values()) if (offset % BLOCK === 0) count++
    return count
  }

  isAsked(block: Omit<Asked, 'length'>): boolean {
    return this.asked.has(keyOf(block))
  }

  request(piece: number, offset: number, length: number): void {
    const asked = { piece, offset, length }
    this.#world.watcher().requested?.(this, asked)
    this.asked.set(keyOf(asked), asked)
    this.peer.request(asked)
  }

  cancel(piece: number, offset: number, length: number): void {
    const asked = { piece, offset, length }
    const key = keyOf(asked)
    const wasAsked = this.asked.delete(key)
    if (wasAsked) this.#takenBack.set(key, (this.#takenBack.get(key) ?? 0) + 1)
    this.#world.watcher().cancelled?.(this, asked, wasAsked)
    this.peer.cancel(asked)
  }

  setInterested(isInterested: boolean): void {
    if (this.#isInterested === isInterested) return
    this.#isInterested = isInterested
    this.peer.interest(isInterested)
  }

  known(): readonly WireEvent[] {
    const { facts, isChokingUs } = this.peer
    const pieces = this.#pieces
    const events: WireEvent[] = [
      pieces === null ? { kind: 'have-all' } : { kind: 'bitfield', pieces },
    ]
    for (const piece of facts.allowedFast ?? []) events.push({ kind: 'allowed-fast', piece })
    if (!isChokingUs) events.push({ kind: 'unchoked' })
    return events
  }

  destroy(): void {
    if (!this.peer.isConnected) return
    this.peer.disconnect()
    this.asked.clear()
    this.#tell({ kind: 'closed' })
    this.#world.closed(this)
  }

  block(asked: Asked, isBad: boolean): void {
    const { piece, offset, length } = asked
    this.#world.throughLine(length, () => {
      if (!this.peer.isConnected) return
      this.#answered(asked)
      const data = isBad ? this.#wrong(asked) : rightBytes(length)
      this.#world.listener.block(this, piece, offset, data)
      this.#world.told()
    })
  }

  #wrong({ piece, offset, length }: Asked): Uint8Array {
    if (this.peer.facts.conspires !== true) return wrongBytes(length, this.#world.lie())
    const within = offset % BLOCK
    return wrongBytes(within + length, piece * 1_024 + (offset - within) / BLOCK).subarray(within)
  }

  choked(): void {
    if (!this.isFast) {
      this.asked.clear()
      this.#takenBack.clear()
    }
    this.#tell({ kind: 'choked' })
  }

  unchoked(): void {
    this.#tell({ kind: 'unchoked' })
  }

  rejected(asked: Asked): void {
    const { piece, offset } = asked
    // Nobody can tell which of several requests for one block is refused: those that were taken back come first.
    if (!this.#answersTakenBack(asked)) this.#answered(asked)
    this.#tell({ kind: 'rejected', piece, offset })
  }

  #answersTakenBack(asked: Asked): boolean {
    const key = keyOf(asked)
    const count = this.#takenBack.get(key) ?? 0
    if (count === 0) return false
    this.#takenBack.set(key, count - 1)
    return true
  }

  #answered(asked: Asked): void {
    if (!this.asked.delete(keyOf(asked))) this.#answersTakenBack(asked)
    this.#world.watcher().answered?.(this, asked)
  }

  #tell(event: WireEvent): void {
    this.#world.listener.wireEvent(this, event)
  }
}

/** Pieces have fewer than 65,536 blocks here. */
function keyOf({ piece, offset }: Omit<Asked, 'length'>): number {
  return piece * 65_536 + offset / 16_384
}
