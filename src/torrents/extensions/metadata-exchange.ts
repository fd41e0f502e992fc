import type { ExtensionWire } from './extension-wire.ts'
import { MetadataFetch } from './metadata-fetch.ts'
import type { MetadataRoom } from './metadata-room.ts'
import {
  type MetadataMessage,
  metadataData,
  metadataReject,
  metadataRequest,
  parseMetadataMessage,
  pieceCountOf,
} from './ut-metadata.ts'

export const UT_METADATA = 'ut_metadata'
const TICK_MS = 1_000
/** Pieces that a peer may ask for before it takes them; Transmission has 64. */
const MAX_OPEN_REQUESTS = 64
/** Pieces are read on only where less is waiting to be sent. */
const ENOUGH_UNSENT_BYTES = 64 * 1024

export interface MetadataExchangeOptions {
  /** 40 hex digits, lower case. */
  readonly infoHash: string
  /** `null` where it has to be fetched. */
  readonly infoBytes: Uint8Array | null
  readonly room: MetadataRoom
  readonly now: () => number
  readonly onMetadata: (infoBytes: Uint8Array) => void
}

/** Fetches the metadata of one torrent from its peers, and gives it to those that ask (BEP 9). */
export class MetadataExchange {
  readonly #waiting = new Map<ExtensionWire, number[]>()
  #infoBytes: Uint8Array | null
  #fetch: MetadataFetch | null = null
  #timer: NodeJS.Timeout | undefined

  constructor(options: MetadataExchangeOptions) {
    this.#infoBytes = options.infoBytes
    if (this.#infoBytes !== null) return
    const { infoHash, room, now } = options
    const fetch = new MetadataFetch({
      ...{ infoHash, room, now },
      onMetadata: (infoBytes) => {
        this.#stopFetching()
        options.onMetadata(infoBytes)
      },
    })
    this.#fetch = fetch
    this.#timer = setInterval(() => fetch.tick(), TICK_MS).unref()
  }

  /** Bytes of what we give; `null` for nothing. */
  get size(): number | null {
    return this.#infoBytes?.length ?? null
  }

  /** Given to peers from now on. */
  offer(infoBytes: Uint8Array): void {
    this.#stopFetching()
    this.#infoBytes = infoBytes
  }

  add(wire: ExtensionWire): void {
    this.#waiting.set(wire, [])
    wire.sender.onRoom(() => this.#give(wire))
  }

  remove(wire: ExtensionWire): void {
    this.#waiting.delete(wire)
    this.#fetch?.closed(wire.id)
  }

  /** The peer has said that it takes messages, and how large its metadata is if it has any. */
  offered(wire: ExtensionWire, size: unknown): void {
    if (!wire.takes(UT_METADATA)) return
    const { id, address, port } = wire
    const requestMetadata = (piece: number): void => {
      wire.sendExtended(UT_METADATA, metadataRequest(piece))
    }
    this.#fetch?.offered({ id, address, port, requestMetadata }, size)
  }

  received(wire: ExtensionWire, payload: Uint8Array): void {
    const message: MetadataMessage | null = parseMetadataMessage(payload)
    if (message === null) return
    if (message.kind === 'request') this.#requested(wire, message.piece)
    else this.#fetch?.received(wire.id, message)
  }

  close(): void {
    this.#stopFetching()
    this.#waiting.clear()
  }

  #stopFetching(): void {
    clearInterval(this.#timer)
    this.#fetch?.close()
    this.#fetch = null
  }

  #requested(wire: ExtensionWire, piece: number): void {
    const waiting = this.#waiting.get(wire)
    if (waiting === undefined || !wire.takes(UT_METADATA)) return
    const isThere = piece < pieceCountOf(this.#infoBytes?.length ?? 0)
    if (isThere && waiting.length < MAX_OPEN_REQUESTS) waiting.push(piece)
    else wire.sendExtended(UT_METADATA, metadataReject(piece))
    this.#give(wire)
  }

  #give(wire: ExtensionWire): void {
    const waiting = this.#waiting.get(wire)
    while (this.#infoBytes !== null && wire.sender.unsentBytes < ENOUGH_UNSENT_BYTES) {
      const piece = waiting?.shift()
      if (piece === undefined) return
      wire.sendExtended(UT_METADATA, metadataData(piece, this.#infoBytes))
    }
  }
}
