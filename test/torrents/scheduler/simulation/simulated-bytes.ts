const BLOCK = 16_384
const DIFFERENT_LIES = 1 << 16

const right = new Uint8Array(BLOCK)
/** Each four bytes differ from all others, and from what is right. */
const lies = new Uint8Array(
  Uint32Array.from({ length: DIFFERENT_LIES + BLOCK / 4 }, (_, i) => i + 1).buffer,
)

/** The bytes that a block should have: zeros. */
export function rightBytes(length: number): Uint8Array {
  return length === BLOCK ? right : right.subarray(0, length)
}

/** Wrong bytes, in one of many ways. */
export function wrongBytes(length: number, lie: number): Uint8Array {
  const start = 4 * (lie % DIFFERENT_LIES)
  return lies.subarray(start, start + length)
}

/** A number that tells wrong bytes apart; 0 for right ones. */
export function digestOf(bytes: Uint8Array): number {
  const [a = 0, b = 0, c = 0] = bytes
  return a + 256 * b + 65_536 * c
}
