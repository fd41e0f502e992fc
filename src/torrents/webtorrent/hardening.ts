import Wire from 'bittorrent-protocol'
import { RateBudget } from '../rates/rate-budget.ts'
import { parseExtendedHandshake } from './extended-handshake.ts'
import { MAX_UNKNOWN_PIECES, parseWireMessage, type WireMessage } from './wire-message.ts'
import { piecesOf } from './wire-owner.ts'

/** Longer than a block and than the bitfield of the largest torrent. */
const MAX_MESSAGE_BYTES = 1 + Math.ceil(MAX_UNKNOWN_PIECES / 8)
/** Pieces that a peer gives while it chokes; BEP 6 has ten. */
const MAX_ALLOWED_FAST = 100
/** Changes of mind, each of which makes us plan anew; peers choke and unchoke every ten seconds. */
const CHANGES = { burst: 200, perSecond: 20 }

/**
 * News of pieces and requests taken back: as many at once as a torrent may have pieces, of which
 * some tell each in turn, and then more than a peer at 100 MB/s has to say.
 */
const NEWS = { burst: 100_000, perSecond: 5_000 }

/** What is remembered of a wire beside what the engine remembers. */
class WireRecord {
  readonly changes = new RateBudget(CHANGES, () => performance.now())
  readonly news = new RateBudget(NEWS, () => performance.now())
  hasBitfield = false
  hasPort = false
}

const records = new WeakMap<Wire, WireRecord>()

function recordOf(wire: Wire): WireRecord {
  const known = records.get(wire)
  if (known !== undefined) return known
  const record = new WireRecord()
  records.set(wire, record)
  return record
}

/**
 * Every message of a peer is read by us; the engine hears of what is well-formed and means
 * something. Acts on all wires of the process; a peer that sends anything else is dropped.
 */
export function hardenWires(): void {
  const { end } = Wire.prototype
  // `destroy()` goes through here. The engine would read on to the end of what has arrived.
  Wire.prototype.end = function (this: Wire) {
    this._finished = true
    return end.call(this)
  }
  Wire.prototype._onMessageLength = function (this: Wire, length) {
    const bytes = new DataView(length.buffer, length.byteOffset, 4).getUint32(0)
    if (this._finished) return
    if (bytes > MAX_MESSAGE_BYTES) this.destroy()
    else if (bytes > 0) this._parse(bytes, this._onMessage)
    else if (recordOf(this).changes.take()) this.emit('keep-alive')
    else this.destroy()
  }
  Wire.prototype._onMessage = function (this: Wire, bytes) {
    this._parse(4, this._onMessageLength)
    if (this._finished) return
    const message = parseWireMessage(bytes, piecesOf(this))
    if (message === null || !isAllowed(this, message)) this.destroy()
    else tell(this, message)
  }
  Wire.prototype._onExtended = function (this: Wire, extension, payload) {
    if (extension === 0) tellExtendedHandshake(this, payload)
    else tellExtended(this, extension, payload)
  }
}

/** False where a peer says more often than makes sense what is right in itself, or nothing at all. */
function isAllowed(wire: Wire, message: WireMessage): boolean {
  const { changes, news, hasBitfield } = recordOf(wire)
  switch (message.kind) {
    case 'choke':
    case 'unchoke':
    case 'interested':
    case 'uninterested':
    case 'have-all':
    case 'have-none':
    case 'suggest':
    case 'allowed-fast':
    case 'port':
    case 'nothing':
      return changes.take()
    case 'have':
      return wire.peerPieces.get(message.piece) ? changes.take() : news.take()
    case 'cancel':
    case 'reject':
      return news.take()
    case 'extended':
      return message.extension !== 0 || changes.take()
    case 'bitfield':
      return !hasBitfield
    case 'request':
    case 'piece':
      return true
  }
}

function tell(wire: Wire, message: WireMessage): void {
  switch (message.kind) {
    case 'piece':
      wire._onPiece(message.piece, message.offset, message.data)
      return
    case 'choke':
      wire._onChoke()
      return
    case 'unchoke':
      wire._onUnchoke()
      return
    case 'interested':
      wire._onInterested()
      return
    case 'uninterested':
      wire._onUninterested()
      return
    case 'have':
      wire._onHave(message.piece)
      return
    case 'bitfield':
      recordOf(wire).hasBitfield = true
      wire._onBitField(message.pieces)
      return
    case 'request':
      wire._onRequest(message.piece, message.offset, message.length)
      return
    case 'cancel':
      wire._onCancel(message.piece, message.offset, message.length)
      return
    case 'port':
      tellPort(wire, message.port)
      return
    case 'suggest':
      wire._onSuggest(message.piece)
      return
    case 'have-all':
      wire._onHaveAll()
      return
    case 'have-none':
      wire._onHaveNone()
      return
    case 'reject':
      wire._onReject(message.piece, message.offset, message.length)
      return
    case 'allowed-fast':
      tellAllowedFast(wire, message.piece)
      return
    case 'extended':
      wire._onExtended(message.extension, message.payload)
      return
    case 'nothing':
      return
  }
}

/** Once: each makes the DHT ask a node. */
function tellPort(wire: Wire, port: number): void {
  const record = recordOf(wire)
  if (record.hasPort || port === 0) return
  record.hasPort = true
  wire._onPort(port)
}

function tellAllowedFast(wire: Wire, piece: number): void {
  const { peerAllowedFastSet: known, hasFast } = wire
  if (hasFast && (known.length >= MAX_ALLOWED_FAST || known.includes(piece))) return
  wire._onAllowedFast(piece)
}

function tellExtendedHandshake(wire: Wire, payload: Uint8Array): void {
  const handshake = parseExtendedHandshake(payload)
  if (handshake === null) {
    wire.destroy()
    return
  }
  wire.peerExtendedHandshake = handshake
  wire.peerExtendedMapping = handshake.m
  for (const name of Object.keys(wire._ext)) {
    if (handshake.m[name]) wire._ext[name]?.onExtendedHandshake(handshake)
  }
  wire.emit('extended', 'handshake', handshake)
}

/** To the extension that we have given this number to. */
function tellExtended(wire: Wire, extension: number, payload: Uint8Array): void {
  const name = wire.extendedMapping[extension]
  if (name !== undefined) wire._ext[name]?.onMessage(payload)
  wire.emit('extended', name ?? extension, payload)
}
