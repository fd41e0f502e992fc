import Peer from 'webtorrent/lib/peer.js'

/**
 * Joins a peer's socket and wire directly. webtorrent puts two streams between them on either way,
 * which hold one chunk at a time: a fast peer then sends at half its speed. And it leaves Nagle's
 * algorithm on, which holds back a request until the last one has been acknowledged.
 */
Peer.prototype.setThrottlePipes = function (this: Peer) {
  const { conn, wire, throttleGroups } = this
  conn.setNoDelay?.(true)
  conn.on('data', (chunk: Uint8Array) => {
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
