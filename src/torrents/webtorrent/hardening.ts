import { createRequire } from 'node:module'
import Wire from 'bittorrent-protocol'
import { type BencodeDecoder, refuseNegativeLengths } from '../safe-bencode.ts'

/** Longer than a block and than the bitfield of the largest torrent. */
const MAX_MESSAGE_BYTES = 1024 * 1024
/** Four times what well-behaved peers have open when they are not told a limit. */
const MAX_OPEN_REQUESTS = 1_000
/** Answers that a peer has asked for and does not take. */
const MAX_UNSENT_BYTES = 32 * 1024 * 1024

/**
 * Guards the engine against peers that mean harm, who could else end the process (a handshake
 * with a `toString` in it), stop it (a negative length) or fill its memory (a message of 4 GiB, or
 * requests without end). Acts on all wires of the process; such peers lose their connection.
 */
function hardenWires(): void {
  const { _onMessageLength, _onExtended, _onRequest } = Wire.prototype
  Wire.prototype._onMessageLength = function (this: Wire, length) {
    const bytes = new DataView(length.buffer, length.byteOffset, 4).getUint32(0)
    if (bytes > MAX_MESSAGE_BYTES) this.destroy()
    else _onMessageLength.call(this, length)
  }
  Wire.prototype._onExtended = function (this: Wire, extension, message) {
    try {
      _onExtended.call(this, extension, message)
    } catch {
      this.destroy()
    }
  }
  Wire.prototype._onRequest = function (this: Wire, piece, offset, length) {
    const { peerRequests, _readableState } = this
    const isGreedy =
      peerRequests.length >= MAX_OPEN_REQUESTS || _readableState.buffered > MAX_UNSENT_BYTES
    if (isGreedy) this.destroy()
    else _onRequest.call(this, piece, offset, length)
  }
}

/** The DHT brings its own, older decoder: one packet with a negative length would do. */
function hardenDht(): void {
  const { resolve } = createRequire(import.meta.url)
  const { decode }: { decode: BencodeDecoder } = createRequire(resolve('k-rpc-socket'))('bencode')
  refuseNegativeLengths(decode)
}

hardenWires()
hardenDht()
