import './utp-binding.ts'
import Peer from 'webtorrent/lib/peer.js'
import { guardEvents } from './peer-guards.ts'
import { connected } from './round-trip.ts'
import { setOwner } from './wire-owner.ts'

/** Peers send a keep-alive every two minutes at least (BEP 3). */
const SILENT_MS = 180_000

/** When a peer has last sent anything. */
const heardAt = new WeakMap<object, number>()

/** True where a peer has sent nothing for so long that it must be gone. */
export function isSilent(peer: object, now: number): boolean {
  return now - (heardAt.get(peer) ?? now) > SILENT_MS
}

/**
 * Joins a peer's socket and wire directly. webtorrent puts two streams between them on either way,
 * which hold one chunk at a time: a fast peer then sends at half its speed. And it leaves Nagle's
 * algorithm on, which holds back a request until the last one has been acknowledged.
 */
export function joinPipes(): void {
  Peer.prototype.setThrottlePipes = function (this: Peer) {
    const { conn, wire, throttleGroups } = this
    setOwner(wire, this)
    connected(this, wire)
    heardAt.set(this, performance.now())
    guardEvents(conn, 'socket', () => conn.destroy())
    // The engine listens for one error of each; a second would find nobody.
    wire.on('error', () => {})
    conn.setNoDelay?.(true)
    conn.on('data', (chunk: Uint8Array) => {
      heardAt.set(this, performance.now())
      // The wire takes in everything at once, so there is nothing to wait for.
      if (!this.destroyed) wire.write(chunk)
    })
    // What the tracker is told; blocks alone, without their headers.
    wire.on('upload', (bytes: number) => this.emit('upload', bytes))
    const { up } = throttleGroups
    if (!up.getEnabled()) {
      wire.pipe(conn)
      return
    }
    const throttle = up.throttle()
    // It ends with the socket's error, which the peer has heard of already.
    throttle.on('error', () => {})
    this.once('disconnect', () => throttle.destroy())
    wire.pipe(throttle).pipe(conn)
  }
}
