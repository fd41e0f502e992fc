import type {
  BlockAction,
  SchedulerAction,
} from '../../../../src/torrents/scheduler/model/scheduler-action.ts'
import type { SimulatedPeer } from './simulated-peer.ts'
import type { SimulatedSwarm, Watcher } from './simulated-swarm.ts'

const BLOCK = 16_384
const MOST_HOLDERS = 3

/** Watches a swarm and notes each message that must never be sent. */
export class Rules implements Watcher {
  readonly violations: string[] = []
  readonly #swarm: SimulatedSwarm
  /** Peers asked for each block, `piece:offset`. */
  readonly #holders = new Map<string, Set<number>>()
  readonly #outstanding = new Map<number, Set<string>>()

  constructor(swarm: SimulatedSwarm) {
    this.#swarm = swarm
  }

  sent(action: SchedulerAction): void {
    if (action.kind === 'discard') return
    const peer = this.#swarm.peers[action.wire - 1]
    if (peer === undefined || !peer.isConnected) this.#violated('message to nobody', action)
    else if (action.kind === 'request') this.#request(action, peer)
    else if (action.kind === 'cancel' && !this.#end(peer, `${action.piece}:${action.offset}`)) {
      this.#violated('cancel of what was not asked for', action)
    }
  }

  answered(peer: SimulatedPeer, piece: number, offset: number): void {
    this.#end(peer, `${piece}:${offset}`)
  }

  forgotten(peer: SimulatedPeer): void {
    for (const key of this.#outstanding.get(peer.id) ?? []) this.#holders.get(key)?.delete(peer.id)
    this.#outstanding.delete(peer.id)
  }

  #request(action: BlockAction, peer: SimulatedPeer): void {
    const { piece, offset, length } = action
    const { layout, store, options } = this.#swarm
    const isAllowed = peer.facts.allowedFast?.includes(piece) ?? false
    if (!peer.has(piece)) this.#violated('peer lacks the piece', action)
    if (peer.isChokingUs && !isAllowed) this.#violated('peer chokes us', action)
    if (store.verified[piece] === 1) this.#violated('piece is verified', action)
    if (offset % BLOCK !== 0 || length !== layout.blockLength(piece, offset / BLOCK)) {
      this.#violated('no such block', action)
    }
    const key = `${piece}:${offset}`
    const holders = this.#holders.get(key) ?? new Set()
    if (holders.has(peer.id)) this.#violated('asked twice', action)
    holders.add(peer.id)
    this.#holders.set(key, holders)
    if (holders.size > MOST_HOLDERS) this.#violated('too many holders', action)
    const asked = this.#outstanding.get(peer.id) ?? new Set()
    asked.add(key)
    this.#outstanding.set(peer.id, asked)
    const limit = peer.facts.requestLimit ?? 250
    if (asked.size > limit) this.#violated(`more than ${limit} requests`, action)
    if (options.onDemand !== false && !this.#isInWindow(action)) {
      this.#violated('outside all windows', action)
    }
  }

  /** Windows are rounded to whole pieces: less cannot be verified. */
  #isInWindow({ piece }: BlockAction): boolean {
    const { layout, readers } = this.#swarm
    for (const reader of readers.values()) {
      const { start, end } = reader.window()
      const first = Math.floor(start / layout.pieceLength)
      if (start < end && piece >= first && piece <= Math.floor((end - 1) / layout.pieceLength)) {
        return true
      }
    }
    return false
  }

  /** True where it was outstanding. */
  #end(peer: SimulatedPeer, key: string): boolean {
    this.#holders.get(key)?.delete(peer.id)
    return this.#outstanding.get(peer.id)?.delete(key) ?? false
  }

  #violated(rule: string, action: SchedulerAction): void {
    if (this.violations.length > 20) return
    this.violations.push(`${this.#swarm.now.toFixed(1)} ms: ${rule}: ${JSON.stringify(action)}`)
  }
}
