/** A measured value; null where the limit came before the event. */
export type Measured = number | null

/** Median of `values`, a null counting as larger than every number; null if that is the middle. */
export function median(values: readonly Measured[]): Measured {
  const sorted = values.map((value) => value ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  const lower = sorted[Math.ceil(middle) - 1] ?? Number.NaN
  const value = (upper + lower) / 2
  return Number.isFinite(value) ? value : null
}

/** Smallest and largest of `values`, nulls last. */
export function spread(values: readonly Measured[]): readonly [Measured, Measured] {
  const numbers = values.filter((value) => value !== null)
  const hasNull = numbers.length < values.length
  const smallest = numbers.length > 0 ? Math.min(...numbers) : null
  return [smallest, hasNull || numbers.length === 0 ? null : Math.max(...numbers)]
}
