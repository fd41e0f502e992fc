import { RateMeter } from '../rates/rate-meter.ts'

/** How often connecting was tried, and what became of it. What runs is in neither. */
export interface DialCounts {
  attempts: number
  successes: number
  errors: number
}

export interface DialFamilies {
  readonly v4: DialCounts
  readonly v6: DialCounts
}

/** What all swarms of a client have carried since it was opened; bytes are of piece data. */
export interface TrafficCounts {
  readonly fetchedBytes: number
  readonly uploadedBytes: number
  readonly downloadBytesPerSecond: number
  readonly uploadBytesPerSecond: number
  /** Connections that a block list did not allow. */
  readonly blockedIncoming: number
  readonly blockedOutgoing: number
  readonly dials: { readonly tcp: DialFamilies; readonly utp: DialFamilies }
}

/** Counts for all torrents together, those that are gone included. */
export class SwarmTraffic implements TrafficCounts {
  readonly dials = { tcp: families(), utp: families() }
  readonly #download: RateMeter
  readonly #upload: RateMeter
  fetchedBytes = 0
  uploadedBytes = 0
  blockedIncoming = 0
  blockedOutgoing = 0

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#download = new RateMeter(now)
    this.#upload = new RateMeter(now)
  }

  get downloadBytesPerSecond(): number {
    return this.#download.bytesPerSecond
  }

  get uploadBytesPerSecond(): number {
    return this.#upload.bytesPerSecond
  }

  fetched(bytes: number): void {
    this.fetchedBytes += bytes
    this.#download.add(bytes)
  }

  uploaded(bytes: number): void {
    this.uploadedBytes += bytes
    this.#upload.add(bytes)
  }

  /** The counters for a peer at `address`, `ip:port`. */
  dialsTo(address: string, transport: 'tcp' | 'utp'): DialCounts {
    return this.dials[transport][address.startsWith('[') ? 'v6' : 'v4']
  }
}

function families(): DialFamilies {
  const none = (): DialCounts => ({ attempts: 0, successes: 0, errors: 0 })
  return { v4: none(), v6: none() }
}
