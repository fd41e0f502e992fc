import type { PeerCounters } from './swarm-peer.ts'

/** Peers that something is remembered of; the one that was heard of first is forgotten for a further one. */
const MAX_PEERS = 2_000

interface Entry {
  incomingConnections: number
  connectionAttempts: number
  connections: number
  connectingMs: number
  dialledAt: number | null
  fetchedBytes: number
  uploadedBytes: number
  fetchedBlocks: number
  checkedPieces: number
  pieceDownloadMs: number
}

/** Remembers what happened with each peer of a torrent, over all its connections. */
export class PeerLedger {
  readonly #now: () => number
  readonly #entries = new Map<string, Entry>()

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now
  }

  get addresses(): IterableIterator<string> {
    return this.#entries.keys()
  }

  /** We try to connect to it. */
  dialled(address: string): void {
    const entry = this.#entry(address)
    entry.connectionAttempts++
    entry.dialledAt = this.#now()
  }

  /** Both have shaken hands. */
  connected(address: string, { isIncoming }: { readonly isIncoming: boolean }): void {
    const entry = this.#entry(address)
    if (isIncoming) {
      entry.incomingConnections++
      return
    }
    entry.connections++
    if (entry.dialledAt !== null) entry.connectingMs += this.#now() - entry.dialledAt
    entry.dialledAt = null
  }

  fetched(address: string, bytes: number): void {
    const entry = this.#entry(address)
    entry.fetchedBytes += bytes
    entry.fetchedBlocks++
  }

  uploaded(address: string, bytes: number): void {
    this.#entry(address).uploadedBytes += bytes
  }

  /** It gave a piece that is right, `ms` after that was first asked for. */
  gavePiece(address: string, ms: number): void {
    const entry = this.#entry(address)
    entry.checkedPieces++
    entry.pieceDownloadMs += ms
  }

  countersOf(address: string): PeerCounters {
    const { dialledAt, ...counters } = this.#entries.get(address) ?? newEntry()
    const isDialling = dialledAt !== null
    const failed = counters.connectionAttempts - counters.connections - (isDialling ? 1 : 0)
    return { ...counters, errors: Math.max(0, failed) }
  }

  /** What was tried has failed. */
  gaveUp(address: string): void {
    const entry = this.#entries.get(address)
    if (entry !== undefined) entry.dialledAt = null
  }

  #entry(address: string): Entry {
    const known = this.#entries.get(address)
    if (known !== undefined) return known
    if (this.#entries.size >= MAX_PEERS) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest)
        break
      }
    }
    const entry = newEntry()
    this.#entries.set(address, entry)
    return entry
  }
}

function newEntry(): Entry {
  return {
    incomingConnections: 0,
    connectionAttempts: 0,
    connections: 0,
    connectingMs: 0,
    dialledAt: null,
    fetchedBytes: 0,
    uploadedBytes: 0,
    fetchedBlocks: 0,
    checkedPieces: 0,
    pieceDownloadMs: 0,
  }
}
