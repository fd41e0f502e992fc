import Wire from 'bittorrent-protocol'
import { engineFaults } from '../../engine-faults.ts'
import { BLOCK_LENGTH } from '../pieces/block.ts'
import { InvalidKey } from './mse-keys.ts'
import { longestMessage } from './wire-message.ts'
import { piecesOf } from './wire-owner.ts'

const PIECE = 7
/** Message id, piece, offset (BEP 3). */
const PIECE_HEADER_BYTES = 9

/**
 * Cuts what a peer sends into messages without joining it first: webtorrent appends each chunk to
 * what is left of the one before, which copies every byte once more.
 */
class WireReader {
  readonly #wire: Wire
  /** A message that is not whole yet. */
  #message: Uint8Array = new Uint8Array()
  #filled = 0
  /** Blocks are copied out of a message while it is told, so that all share this memory. */
  #pieceMemory: Uint8Array | null = null

  constructor(wire: Wire) {
    this.#wire = wire
  }

  read(chunk: Uint8Array): void {
    const wire = this.#wire
    let at = 0
    while (at < chunk.length && !wire._finished && isBetweenMessages(wire)) {
      const size = wire._parserSize
      if (this.#filled === 0 && chunk.length - at >= size) {
        at += size
        wire._parser(chunk.subarray(at - size, at))
        continue
      }
      if (this.#filled === 0) {
        const id = wire._parser === wire._onMessage ? (chunk[at] ?? 0) : null
        if (id !== null && size > longestMessage(id, piecesOf(wire))) {
          wire.destroy()
          return
        }
        this.#message = this.#memoryFor(size, id)
      }
      const end = Math.min(chunk.length, at + size - this.#filled)
      this.#message.set(chunk.subarray(at, end), this.#filled)
      this.#filled += end - at
      at = end
      if (this.#filled < size) return
      this.#filled = 0
      wire._parser(this.#message.subarray(0, size))
    }
  }

  #memoryFor(size: number, id: number | null): Uint8Array {
    if (id !== PIECE || size > PIECE_HEADER_BYTES + BLOCK_LENGTH) return new Uint8Array(size)
    this.#pieceMemory ??= new Uint8Array(PIECE_HEADER_BYTES + BLOCK_LENGTH)
    return this.#pieceMemory
  }
}

const readers = new WeakMap<Wire, WireReader>()

/** Handshakes stay webtorrent's. */
function isBetweenMessages(wire: Wire): boolean {
  if (wire._cryptoSyncPattern !== null || wire._pePending) return false
  return wire._parser === wire._onMessageLength || wire._parser === wire._onMessage
}

function readerOf(wire: Wire): WireReader {
  const known = readers.get(wire)
  if (known !== undefined) return known
  const reader = new WireReader(wire)
  readers.set(wire, reader)
  return reader
}

/** All wires of the process read so from then on. */
export function readByOurselves(): void {
  const { _write, _onFinish } = Wire.prototype
  Wire.prototype._write = function (this: Wire, chunk, callback) {
    try {
      // Of a wire that has ended nothing is read any more, and nothing kept.
      if (!this._finished) take(this, chunk, _write)
    } catch (error) {
      if (!(error instanceof InvalidKey)) engineFaults.absorb('wire', error)
      this.destroy()
    }
    callback(null)
  }
  Wire.prototype._onFinish = function (this: Wire) {
    engineFaults.guard(
      'wire',
      () => _onFinish.call(this),
      () => {},
    )
  }
}

/** @param write - What webtorrent does with a chunk. */
function take(wire: Wire, chunk: Uint8Array, write: Wire['_write']): void {
  if (!isBetweenMessages(wire)) {
    write.call(wire, chunk, () => {})
    return
  }
  const left = wire._buffer
  wire._buffer = []
  wire._bufferSize = 0
  const reader = readerOf(wire)
  for (const part of left) reader.read(part)
  reader.read(wire._encryptor?.decrypt(chunk) ?? chunk)
}
