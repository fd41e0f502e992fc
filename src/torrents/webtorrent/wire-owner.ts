/** The torrent that a peer belongs to, as far as its wire needs to know it. */
export interface WireOwner {
  readonly swarm: { readonly pieces: readonly unknown[] } | null
}

const owners = new WeakMap<object, WireOwner>()

/** Tells to whom a wire belongs, for the checks of its messages. */
export function setOwner(wire: object, owner: WireOwner): void {
  owners.set(wire, owner)
}

/** Pieces of the wire's torrent; `null` before its metadata is there. */
export function piecesOf(wire: object): number | null {
  const count = owners.get(wire)?.swarm?.pieces.length ?? 0
  return count === 0 ? null : count
}
