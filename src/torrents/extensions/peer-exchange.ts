import type { ExtensionWire } from './extension-wire.ts'
import { PexExchange } from './pex-exchange.ts'
import { PexFlag, type PexPeer } from './ut-pex.ts'

export const UT_PEX = 'ut_pex'
/** Messages are due once a minute each; new peers hear from us after a second. */
const LOOK_MS = 1_000

export interface PeerExchangeOptions {
  /** A peer was told of, as `ip:port`. */
  readonly onPeer: (address: string) => void
  readonly now: () => number
}

/** Tells the peers of one torrent of each other (BEP 11); until it is closed. */
export class PeerExchange {
  readonly #options: PeerExchangeOptions
  readonly #wires = new Map<ExtensionWire, PexExchange>()
  /** Runs while there is somebody to be told: hundreds of swarms have no peers. */
  #timer: NodeJS.Timeout | null = null

  constructor(options: PeerExchangeOptions) {
    this.#options = options
  }

  add(wire: ExtensionWire): void {
    this.#wires.set(wire, new PexExchange())
    this.#timer ??= setInterval(() => this.#tell(), LOOK_MS).unref()
  }

  remove(wire: ExtensionWire): void {
    this.#wires.delete(wire)
    if (this.#wires.size === 0) this.#rest()
  }

  received(wire: ExtensionWire, payload: Uint8Array): void {
    const verdict = this.#wires.get(wire)?.received(payload, this.#options.now())
    if (verdict?.kind === 'refused') wire.destroy()
    else if (verdict?.kind === 'peers') verdict.addresses.forEach(this.#options.onPeer)
  }

  close(): void {
    this.#rest()
    this.#wires.clear()
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  #tell(): void {
    const now = this.#options.now()
    const connected = [...this.#wires.keys()].flatMap(asPexPeer)
    for (const [wire, exchange] of [...this.#wires]) {
      if (!wire.takes(UT_PEX)) continue
      const others = connected.filter(({ address }) => address !== wire.listensAt)
      const message = exchange.next(others, now)
      if (message !== null) wire.sendExtended(UT_PEX, message)
    }
  }
}

/** Empty where nobody knows where it listens. */
function asPexPeer({ listensAt, isIncoming, transport, hasEverything }: ExtensionWire): PexPeer[] {
  if (listensAt === null) return []
  const reachable = isIncoming ? 0 : PexFlag.reachable
  const utp = transport === 'utp' ? PexFlag.utp : 0
  return [{ address: listensAt, flags: reachable | utp | (hasEverything ? PexFlag.seed : 0) }]
}
