const BITS_SET = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1
  return count
})

/** How many bits are set. */
export function bitCount(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) count += BITS_SET[byte] ?? 0
  return count
}

/** How many bits are set in both. */
export function commonBitCount(a: Uint8Array, b: Uint8Array): number {
  let count = 0
  for (let at = 0; at < a.length; at++) count += BITS_SET[(a[at] ?? 0) & (b[at] ?? 0)] ?? 0
  return count
}
