const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'accent' })

/**
 * Orders as a person does: "2" before "10", upper and lower case together, accents beside their
 * letter. A total order: only equal strings compare as 0.
 */
export function compareNatural(a: string, b: string): number {
  if (a === b) return 0
  const order = collator.compare(a, b)
  if (order !== 0) return order
  return a < b ? -1 : 1
}

/** Paths, component by component: what is inside `Show` comes before what is inside `Show 2`. */
export function compareNaturalPaths(a: readonly string[], b: readonly string[]): number {
  for (const [depth, component] of a.entries()) {
    const other = b[depth]
    if (other === undefined) return 1
    const order = compareNatural(component, other)
    if (order !== 0) return order
  }
  return a.length - b.length
}
