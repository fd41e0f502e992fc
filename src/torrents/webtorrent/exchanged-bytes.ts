import { RateMeter } from '../rates/rate-meter.ts'
import type { PeerLedger } from '../swarm/peer-ledger.ts'
import type { SwarmTraffic } from '../swarm/swarm-traffic.ts'
import type { LinkRates } from './live-peer.ts'

/** Whom bytes were exchanged with. */
interface Partner {
  /** `ip:port`. */
  readonly endpoint: string
  readonly rates: LinkRates
}

/** Counts the bytes of pieces that one torrent exchanges: in all, by peer, and by connection. */
export class ExchangedBytes {
  readonly #traffic: SwarmTraffic
  readonly #ledger: PeerLedger
  readonly #uploadRate: RateMeter
  #uploadedBytes = 0

  /** @param now - In milliseconds. */
  constructor(traffic: SwarmTraffic, ledger: PeerLedger, now: () => number) {
    this.#traffic = traffic
    this.#ledger = ledger
    this.#uploadRate = new RateMeter(now)
  }

  get uploadedBytes(): number {
    return this.#uploadedBytes
  }

  get uploadBytesPerSecond(): number {
    return this.#uploadRate.bytesPerSecond
  }

  uploaded(bytes: number, { endpoint, rates }: Partner): void {
    this.#uploadedBytes += bytes
    this.#uploadRate.add(bytes)
    this.#traffic.uploaded(bytes)
    this.#ledger.uploaded(endpoint, bytes)
    rates.upload.add(bytes)
  }

  fetched(bytes: number, { endpoint, rates }: Partner): void {
    this.#traffic.fetched(bytes)
    this.#ledger.fetched(endpoint, bytes)
    rates.download.add(bytes)
  }
}
