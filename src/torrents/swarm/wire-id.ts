let next = 1

/** A number that no wire of this process has had. */
export function nextWireId(): number {
  return next++
}
