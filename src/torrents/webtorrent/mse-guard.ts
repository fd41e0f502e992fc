import Wire, { type Encryptor } from 'bittorrent-protocol'
import { RateBudget } from '../rates/rate-budget.ts'
import { InvalidKey, KeyExchange } from './mse-keys.ts'

/** Padding A to D have at most so many bytes. */
const MAX_PAD_BYTES = 512
/** First bytes of the payload, sent along: a handshake has 68, some add their first messages. */
const MAX_INITIAL_PAYLOAD_BYTES = 8 * 1024
const VERIFICATION_BYTES = 8
const CRYPTO_PLAIN = 1
const CRYPTO_RC4 = 2

const KEY_EXCHANGES = { burst: 100, perSecond: 50 }

/**
 * Key exchanges with peers that call us: each takes a third of a millisecond, so that strangers
 * could keep a core busy. Those beyond are turned away.
 */
export const keyExchanges = { budget: new RateBudget(KEY_EXCHANGES, () => performance.now()) }

/** Checks each number of an MSE handshake before the engine acts on it. */
export function hardenHandshakes(): void {
  // Of the one class that encrypts; it is not exported.
  const prototype: Encryptor = Object.getPrototypeOf(new Wire('', CRYPTO_PLAIN)._encryptor)
  const exchangeOf = new WeakMap<Encryptor, KeyExchange>()
  Object.defineProperty(prototype, 'dh', {
    get(this: Encryptor) {
      const known = exchangeOf.get(this)
      if (known !== undefined) return known
      const exchange = new KeyExchange()
      exchangeOf.set(this, exchange)
      return exchange
    },
  })
  const { generateStepB2 } = prototype
  prototype.generateStepB2 = function () {
    if (!keyExchanges.budget.take()) throw new InvalidKey('too many key exchanges')
    return generateStepB2.call(this)
  }
  prototype._onPe3Header = function (bytes) {
    const head = viewOf(this.decryptCipher(bytes))
    this._peerCryptoProvide = head.getUint32(VERIFICATION_BYTES) & (CRYPTO_PLAIN | CRYPTO_RC4)
    const padding = head.getUint16(VERIFICATION_BYTES + 4)
    const isVerified = head.getBigUint64(0) === 0n
    if (!isVerified || this._peerCryptoProvide === 0 || padding > MAX_PAD_BYTES) this.wire.destroy()
    else this.wire._parse(padding, (pad) => this._onPe3Padding(pad))
  }
  prototype._onPe3IaLen = function (bytes) {
    const length = viewOf(this.decryptCipher(bytes)).getUint16(0)
    if (length > MAX_INITIAL_PAYLOAD_BYTES) this.wire.destroy()
    else if (length > 0) this.wire._parse(length, (payload) => this._onPe3Ia(payload))
    else this._advanceEncryption()
  }
  prototype._onPe3Ia = function (bytes) {
    const { wire } = this
    const payload = this.decryptCipher(bytes)
    this._advanceEncryption()
    // What comes behind the handshake counts as well, and the handshake may go on behind it.
    wire._buffer = [Buffer.concat([payload, ...wire._buffer])]
    wire._bufferSize += payload.length
  }
  prototype._onPe4Select = function (bytes) {
    const head = viewOf(this.decryptCipher(bytes))
    const method = head.getUint32(0)
    const padding = head.getUint16(4)
    const isOffered = method === CRYPTO_RC4 || (method === CRYPTO_PLAIN && this.wire._peEnabled < 2)
    if (!isOffered || padding > MAX_PAD_BYTES) this.wire.destroy()
    else this.wire._parse(padding, (pad) => this._onPe4Padding(pad, method))
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
