const dialledAt = new WeakMap<object, number>()
const connectedOnce = new WeakSet<object>()
const roundTrips = new WeakMap<object, number>()

/** A connection to the peer is being opened from now on. */
export function dialling(peer: object): void {
  dialledAt.set(peer, performance.now())
}

/** The peer is connected; nothing is noted of one that has called us. */
export function connected(peer: object, wire: object): void {
  connectedOnce.add(peer)
  const at = dialledAt.get(peer)
  if (at !== undefined) roundTrips.set(wire, performance.now() - at)
}

/** The peer has taken a connection, whatever has become of it. */
export function wasConnected(peer: object): boolean {
  return connectedOnce.has(peer)
}

/**
 * How long connecting took, which is one round trip and what the event loop was late by; ms. `null`
 * where the peer has called us.
 */
export function roundTripMsOf(wire: object): number | null {
  return roundTrips.get(wire) ?? null
}
