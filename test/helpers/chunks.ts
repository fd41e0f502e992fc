/** Cuts before each of the places. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const within = places.filter((at) => at < bytes.length)
  const ends = [...new Set(within), bytes.length].sort((a, b) => a - b)
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

/** Cuts into a few bytes mostly, and into several blocks at times. */
export function cutAnyhow(bytes: Uint8Array, random: () => number): Uint8Array[] {
  const places: number[] = []
  let at = 0
  while (at < bytes.length) {
    at += 1 + Math.floor(random() ** 8 * 50_000)
    places.push(at)
  }
  return cut(bytes, places)
}
