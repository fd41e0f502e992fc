const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  K: 1_024,
  M: 1_024 ** 2,
  G: 1_024 ** 3,
  T: 1_024 ** 4,
}

/**
 * Bytes of `750000`, `500K`, `1.5M`, `20GB` or `20GiB`: the units are powers of 1,024, in either
 * case. `null` for anything else.
 */
export function parseBytes(text: string): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim())
  if (match === null) return null
  const [, digits = '', unit = ''] = match
  const bytes = Math.round(Number(digits) * (UNITS[unit.toUpperCase()] ?? 1))
  return Number.isSafeInteger(bytes) ? bytes : null
}

/** What rqbit's clients can read of an answer: a u32. */
const MOST_BYTES_PER_SECOND = 2 ** 32 - 1

/** Bytes per second, as `parseBytes` reads them, 0 for no limit; `null` for anything else, and for more than 4294967295. */
export function parseRate(text: string): number | null {
  const bytes = parseBytes(text)
  return bytes === null || bytes > MOST_BYTES_PER_SECOND ? null : bytes
}
